//! Settings about files: where they are kept, and how much may be attached.
//!
//! A folder needs nothing; a bucket needs the names that its other tools use too.

use super::Secret;
use super::reader::Reader;
use domain::FileLimits;
use domain::file::MEGABYTE;
use std::path::{Path, PathBuf};
use url::Url;

/// Where files are kept.
#[derive(Clone, Debug)]
pub enum FilesAt {
    /// In a folder of this machine.
    Folder(PathBuf),
    /// In a bucket of Amazon's S3, or of a store that speaks as it does.
    Bucket(Bucket),
}

/// A bucket, and how to get at it.
#[derive(Clone, Debug)]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// What every key begins with; may be empty.
    pub prefix: String,
    /// Where it is.
    pub region: String,
    /// Whom to ask, when it is not Amazon.
    pub endpoint: Option<String>,
    /// Who asks.
    pub access_key: Secret,
    /// The proof of it.
    pub secret_key: Secret,
}

/// The region that stores without regions expect.
const REGION: &str = "us-east-1";
/// The largest file that may be allowed; small pictures are drawn from whole files.
const MEGABYTES_MAX: u64 = 500;
/// The most files of one message that may be allowed.
const FILES_MAX: u64 = 50;

pub(super) fn place(read: &mut Reader<'_>, data_dir: &Path) -> FilesAt {
    let folder = || FilesAt::Folder(data_dir.join("files"));
    let Some(text) = read.optional("FILES_URL") else {
        return folder();
    };
    let bucket = Url::parse(text).ok().filter(|url| {
        url.scheme() == "s3"
            && url.host_str().is_some_and(|host| !host.is_empty())
            && url.username().is_empty()
            && url.query().is_none()
            && url.fragment().is_none()
    });
    let Some(url) = bucket else {
        read.refuse(
            "FILES_URL",
            "is not s3://bucket or s3://bucket/prefix. Leave it empty to keep files in DATA_DIR.",
        );
        return folder();
    };
    let endpoint = read.optional("AWS_ENDPOINT").map(str::to_owned);
    if let Some(endpoint) = &endpoint
        && !Url::parse(endpoint).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
    {
        read.refuse(
            "AWS_ENDPOINT",
            "is not an address like https://s3.example.com.",
        );
    }
    FilesAt::Bucket(Bucket {
        name: url.host_str().unwrap_or_default().to_owned(),
        prefix: url.path().trim_matches('/').to_owned(),
        region: read.optional("AWS_REGION").unwrap_or(REGION).to_owned(),
        endpoint,
        access_key: read.secret("AWS_ACCESS_KEY_ID", "the id of a key for the bucket"),
        secret_key: read.secret("AWS_SECRET_ACCESS_KEY", "the secret of that key"),
    })
}

pub(super) fn limits(read: &mut Reader<'_>) -> FileLimits {
    let otherwise = FileLimits::default();
    let megabytes = number(
        read,
        "FILE_MAX_MB",
        MEGABYTES_MAX,
        otherwise.max_bytes / MEGABYTE,
    );
    let files = number(
        read,
        "FILES_PER_MESSAGE",
        FILES_MAX,
        otherwise.max_files.into(),
    );
    FileLimits {
        max_bytes: megabytes * MEGABYTE,
        max_files: u32::try_from(files).unwrap_or(otherwise.max_files),
    }
}

fn number(read: &mut Reader<'_>, key: &str, most: u64, otherwise: u64) -> u64 {
    let Some(text) = read.optional(key) else {
        return otherwise;
    };
    match text.parse() {
        Ok(number) if (1..=most).contains(&number) => number,
        _ => {
            read.refuse(key, format!("is not a number from 1 to {most}."));
            otherwise
        }
    }
}
