//! A certificate with its key, made for one test: nobody trusts it, and no key lies about.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// `ecdsa-with-SHA256`, `id-ecPublicKey`, `prime256v1`.
const SIGNED: [u8; 10] = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
const PUBLIC_KEY: [u8; 9] = [0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
const CURVE: [u8; 10] = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];

const SEQUENCE: u8 = 0x30;
const BITS: u8 = 0x03;
const TIME: u8 = 0x17;

/// A value of DER.
fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let [high, low] = u16::try_from(content.len()).unwrap().to_be_bytes();
    let head = match content.len() {
        0..128 => vec![tag, low],
        128..256 => vec![tag, 0x81, low],
        _ => vec![tag, 0x82, high, low],
    };
    [head, content].concat()
}

fn pem(label: &str, content: &[u8]) -> String {
    let text = STANDARD.encode(content);
    let lines: Vec<&str> = text.as_bytes().chunks(64).map(|it| std::str::from_utf8(it).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

/// Certificate, then private key.
pub(super) fn certificate() -> String {
    let random = SystemRandom::new();
    let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, key.as_ref()).unwrap();
    let algorithm = der(SEQUENCE, &[&SIGNED]);
    let nobody = der(SEQUENCE, &[]);
    let times = [b"260101000000Z", b"490101000000Z"].map(|it| der(TIME, &[it]));
    let public =
        der(SEQUENCE, &[&der(SEQUENCE, &[&PUBLIC_KEY, &CURVE]), &der(BITS, &[&[0], pair.public_key().as_ref()])]);
    let content = der(
        SEQUENCE,
        &[
            &[0xa0, 0x03, 0x02, 0x01, 0x02],
            &[0x02, 0x01, 0x01],
            &algorithm,
            &nobody,
            &der(SEQUENCE, &[&times[0], &times[1]]),
            &nobody,
            &public,
        ],
    );
    let signature = pair.sign(&random, &content).unwrap();
    let certificate = der(SEQUENCE, &[&content, &algorithm, &der(BITS, &[&[0], signature.as_ref()])]);
    pem("CERTIFICATE", &certificate) + &pem("PRIVATE KEY", key.as_ref())
}
