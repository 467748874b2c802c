//! Service accounts: an invented name, and a key that is made when the process runs and kept nowhere.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use std::fmt;
use std::sync::{Arc, LazyLock};

/// The one key that all invented accounts share, as making one takes a while.
static SHARED: LazyLock<Arc<Key>> = LazyLock::new(|| Arc::new(Key::made()));

/// A service account of a project, with its private key. Deliberately without the key in `Debug`.
#[derive(Clone)]
pub struct ServiceAccount {
    /// `client_email`: whom an assertion comes from (`iss`).
    pub email: String,
    /// `project_id`: whose quota is used, and who sees an alias that begins with `p:`.
    pub project: String,
    /// `private_key_id`, the `kid` of an assertion.
    pub key_id: String,
    key: Arc<Key>,
}

/// Where making a key fails there is none: then nothing is signed, and no signature is right.
#[derive(Default)]
struct Key {
    pair: Option<KeyPair>,
    pkcs8: Vec<u8>,
    public: Vec<u8>,
}

impl Key {
    fn made() -> Self {
        let Ok(pair) = KeyPair::generate(KeySize::Rsa2048) else { return Self::default() };
        let pkcs8 = AsDer::<Pkcs8V1Der<'_>>::as_der(&pair).map(|it| it.as_ref().to_vec()).unwrap_or_default();
        let public = pair.public_key().as_ref().to_vec();
        Self { pair: Some(pair), pkcs8, public }
    }

    fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let pair = self.pair.as_ref()?;
        let mut signature = vec![0; pair.public_modulus_len()];
        pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature).ok()?;
        Some(signature)
    }
}

impl ServiceAccount {
    /// An account of the hub's own project; all that are invented in one process share a key.
    pub fn invented() -> Self {
        Self::of_project("skolbro-prov")
    }

    /// An account of another project, with the same key as the other invented ones.
    pub fn of_project(project: &str) -> Self {
        Self {
            email: format!("synk@{project}.iam.gserviceaccount.example"),
            project: project.to_owned(),
            key_id: "6b6579206f6e65".to_owned(),
            key: SHARED.clone(),
        }
    }

    /// The same account, with a key of its own that nobody else has.
    pub fn with_another_key(mut self) -> Self {
        self.key = Arc::new(Key::made());
        self
    }

    /// The private key as PEM (PKCS#8), as the key file has it.
    pub fn private_key_pem(&self) -> String {
        let text = STANDARD.encode(&self.key.pkcs8);
        let lines: Vec<String> =
            text.as_bytes().chunks(64).map(|it| String::from_utf8_lossy(it).into_owned()).collect();
        format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"))
    }

    /// The key file that an administrator downloads from Google Cloud, for a token endpoint.
    pub fn json(&self, token_uri: &str) -> String {
        json!({
            "type": "service_account",
            "project_id": self.project,
            "private_key_id": self.key_id,
            "private_key": self.private_key_pem(),
            "client_email": self.email,
            "client_id": "100000000000000000001",
            "auth_uri": "https://accounts.google.com/o/oauth2/auth",
            "token_uri": token_uri,
            "universe_domain": "googleapis.com",
        })
        .to_string()
    }

    /// A signed assertion (a JWT, RS256) with these claims.
    pub fn assertion(&self, claims: &Value) -> String {
        self.assertion_with(&json!({"alg": "RS256", "typ": "JWT", "kid": self.key_id}), claims)
    }

    /// A signed assertion with this header, however odd.
    pub fn assertion_with(&self, header: &Value, claims: &Value) -> String {
        let part = |it: &Value| URL_SAFE_NO_PAD.encode(it.to_string());
        let signed = format!("{}.{}", part(header), part(claims));
        let signature = self.key.sign(signed.as_bytes()).unwrap_or_default();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// Whether this account has signed a message (RSASSA-PKCS1-v1_5 with SHA-256).
    pub(super) fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.key.public).verify(message, signature).is_ok()
    }
}

impl fmt::Debug for ServiceAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceAccount").field("email", &self.email).field("project", &self.project).finish()
    }
}
