//! Files on their way to a hub elsewhere: announced with their checksums, sent in parts, finished. Broken off, it goes on
//! where it was when the same is sent again.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::net::IpAddr;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use outbound::{Secret, Url};
use reqwest::{Method, Response, StatusCode};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sources::file_drop::landing::Announced;

use super::{Failure, name_of};
use crate::cli::Drop;
use crate::output::say;

/// The variable with the key.
const KEY: &str = "SKOLBRO_DROP_KEY";

/// How long one call may take: a part may come over a slow line.
const PATIENCE: Duration = Duration::from_secs(150);

/// The pauses between the tries of one call.
const PAUSES: [Duration; 3] = [Duration::from_secs(1), Duration::from_secs(10), Duration::from_secs(60)];

/// How often what is missing is asked for: once, and once more for what turned out to be altered on its way.
const ROUNDS: usize = 2;

/// Bytes read at once.
const AT_ONCE: usize = 128 * 1024;

#[derive(Debug, Serialize)]
struct Announcement {
    files: Vec<Announced>,
}

#[derive(Debug, Deserialize)]
struct Answer {
    missing: Vec<Part>,
}

#[derive(Deserialize)]
struct Part {
    file: usize,
    offset: u64,
    length: u64,
    url: String,
    headers: BTreeMap<String, String>,
}

impl std::fmt::Debug for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Part").field("file", &self.file).field("offset", &self.offset).finish_non_exhaustive()
    }
}

#[derive(Debug, Deserialize)]
struct Finished {
    new: usize,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Refusal {
    code: String,
    title: String,
    detail: String,
}

pub(super) async fn send(to: &str, drop: &Drop) -> Result<ExitCode, Failure> {
    let sender = Sender::to(to, drop)?;
    let announcement = Announcement { files: drop.files.iter().map(|file| described(file)).collect::<Result<_, _>>()? };
    for round in 1..=ROUNDS {
        for part in sender.missing(&announcement).await?.missing {
            let file =
                drop.files.get(part.file).ok_or_else(|| Failure::new("The hub asks for a file that is not sent."))?;
            sender.part(&part, piece(file, &part)?).await?;
        }
        match sender.finish(&announcement).await? {
            Ok(new) => {
                let files = announcement.files.len();
                say(format!("{files} file(s) are at {}, {new} of them new. {} was rung.", sender.host(), drop.source));
                return Ok(ExitCode::SUCCESS);
            }
            Err(refusal) if round == ROUNDS => return Err(refusal),
            Err(_) => {}
        }
    }
    Err(Failure::new("The files were not taken."))
}

fn described(file: &Path) -> Result<Announced, Failure> {
    let unreadable = |error| Failure::new(format!("{} cannot be read: {error}", file.display()));
    let name = name_of(file).ok_or_else(|| Failure::new(format!("{} has no usable name.", file.display())))?;
    let mut open = File::open(file).map_err(unreadable)?;
    let (mut hash, mut size, mut bytes) = (Sha256::new(), 0_u64, vec![0; AT_ONCE]);
    loop {
        let read = open.read(&mut bytes).map_err(unreadable)?;
        let Some(piece) = bytes.get(..read).filter(|it| !it.is_empty()) else { break };
        hash.update(piece);
        size += piece.len() as u64;
    }
    let sha256 = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Announced { name, size, sha256 })
}

fn piece(file: &Path, part: &Part) -> Result<Vec<u8>, Failure> {
    let unreadable = |error| Failure::new(format!("{} cannot be read: {error}", file.display()));
    let mut open = File::open(file).map_err(unreadable)?;
    open.seek(SeekFrom::Start(part.offset)).map_err(unreadable)?;
    let mut bytes = Vec::new();
    open.take(part.length).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 == part.length {
        return Ok(bytes);
    }
    Err(Failure::new(format!("{} changed while it was being sent. Send it again.", file.display())))
}

struct Sender {
    http: reqwest::Client,
    base: Url,
    key: Secret,
}

impl Sender {
    fn to(to: &str, drop: &Drop) -> Result<Self, Failure> {
        let key = std::env::var(KEY).map_err(|_| Failure::new(format!("{KEY} must hold the source's key.")))?;
        let usable = |url: &Url| url.scheme() == "https" || (url.scheme() == "http" && is_this_machine(url));
        let mut base = Url::parse(to)
            .ok()
            .filter(usable)
            .ok_or_else(|| Failure::new(format!("{to} must be an address of the hub that begins with https://.")))?;
        base.path_segments_mut()
            .map_err(|()| Failure::new(format!("{to} is no address of a hub.")))?
            .pop_if_empty()
            .extend(["drops", &drop.tenant, &drop.source]);
        let redirect = reqwest::redirect::Policy::none();
        let http = reqwest::Client::builder().redirect(redirect).timeout(PATIENCE).build()?;
        Ok(Self { http, base, key: Secret::new(key) })
    }

    fn host(&self) -> &str {
        self.base.host_str().unwrap_or_default()
    }

    async fn missing(&self, announcement: &Announcement) -> Result<Answer, Failure> {
        let answer = self.tell(Method::POST, self.base.clone(), announcement).await?;
        if !answer.status().is_success() {
            return Err(refused(answer).await);
        }
        Ok(answer.json().await?)
    }

    async fn part(&self, part: &Part, bytes: Vec<u8>) -> Result<(), Failure> {
        let at = self.base.join(&part.url).map_err(|_| Failure::new("The hub named an address that is none."))?;
        let ours = at.origin() == self.base.origin();
        let answer = patiently(|| {
            let mut request = self.http.put(at.clone()).body(bytes.clone());
            for (name, value) in &part.headers {
                request = request.header(name, value);
            }
            // The key is for the hub alone.
            if ours { request.bearer_auth(self.key.expose()) } else { request }
        })
        .await?;
        if answer.status().is_success() { Ok(()) } else { Err(refused(answer).await) }
    }

    /// `Err` within: parts have to be sent again.
    async fn finish(&self, announcement: &Announcement) -> Result<Result<usize, Failure>, Failure> {
        let mut at = self.base.clone();
        if let Ok(mut path) = at.path_segments_mut() {
            path.push("finish");
        }
        let answer = self.tell(Method::POST, at, announcement).await?;
        match answer.status() {
            status if status.is_success() => Ok(Ok(answer.json::<Finished>().await?.new)),
            StatusCode::CONFLICT => Ok(Err(refused(answer).await)),
            _ => Err(refused(answer).await),
        }
    }

    async fn tell(&self, method: Method, at: Url, what: &impl Serialize) -> Result<Response, Failure> {
        patiently(|| self.http.request(method.clone(), at.clone()).bearer_auth(self.key.expose()).json(what)).await
    }
}

/// Calls until there is an answer that is worth reading.
async fn patiently(request: impl Fn() -> reqwest::RequestBuilder) -> Result<Response, Failure> {
    for pause in PAUSES {
        match request().send().await {
            Ok(answer) if !is_passing(answer.status()) => return Ok(answer),
            _ => tokio::time::sleep(pause).await,
        }
    }
    // The address of a part may let whoever has it send that part: it is not shown.
    request().send().await.map_err(|error| error.without_url().into())
}

fn is_passing(status: StatusCode) -> bool {
    status.is_server_error() || matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT)
}

async fn refused(answer: Response) -> Failure {
    let status = answer.status();
    let refusal: Refusal = answer.json().await.unwrap_or_default();
    if refusal.code.is_empty() {
        return Failure::new(format!("The hub answered {status}."));
    }
    let Refusal { code, title, detail } = refusal;
    let words = format!("{title} {detail}");
    Failure::new(format!("The hub answered {status}: {} ({code})", words.trim_end()))
}

fn is_this_machine(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|it| it.is_loopback())
}
