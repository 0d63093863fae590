//! `files.json` in the data directory: where verified files lie. Without it, on this machine's disk.
//!
//! ```json
//! {"s3": {"bucket": "lastmile", "endpoint": "https://s3.court.example", "region": "cn-south-1",
//!         "prefix": "evidence"}}
//! ```
//!
//! Keys of the store come from the environment (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`), never from a
//! file beside the database.

use std::io;
use std::path::Path;
use std::sync::Arc;

use object_store::ObjectStore;
use object_store::aws::AmazonS3Builder;
use object_store::prefix::PrefixStore;
use serde::Deserialize;

use super::depot::{Depot, DepotError};

/// Name of the file.
pub const NAME: &str = "files.json";

/// The files cannot be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The folder of files.
    #[error("the folder of files: {0}")]
    Io(#[from] io::Error),
    /// The configuration is not what it should be.
    #[error("{NAME}: {0}")]
    Config(#[from] serde_json::Error),
    /// The store it names.
    #[error(transparent)]
    Depot(#[from] DepotError),
}

impl ConfigError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Io(_) => "files_folder",
            Self::Config(_) => "files_config",
            Self::Depot(error) => error.code(),
        }
    }
}

/// Where files lie.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// An S3-compatible store; absent: this machine's disk.
    pub s3: Option<S3>,
}

/// An S3-compatible store.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct S3 {
    /// The bucket.
    pub bucket: String,
    /// Its address; absent: Amazon's.
    pub endpoint: Option<String>,
    /// Its region; absent: from the environment.
    pub region: Option<String>,
    /// What every name in the bucket begins with.
    pub prefix: Option<String>,
}

impl Config {
    /// Reads the configuration of a data directory.
    pub fn read(dir: &Path) -> Result<Self, ConfigError> {
        match std::fs::read(dir.join(NAME)) {
            Ok(text) => Ok(serde_json::from_slice(&text)?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error.into()),
        }
    }

    /// Opens the store; `folder` is the one on this machine's disk.
    pub fn depot(&self, folder: &Path) -> Result<Depot, ConfigError> {
        match &self.s3 {
            None => Ok(Depot::local(folder)?),
            Some(s3) => Ok(Depot::remote(s3.open().map_err(DepotError::from)?)),
        }
    }
}

impl S3 {
    fn open(&self) -> Result<Arc<dyn ObjectStore>, object_store::Error> {
        // Another part of the process may have chosen the same one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = AmazonS3Builder::from_env().with_bucket_name(&self.bucket);
        if let Some(endpoint) = &self.endpoint {
            // Inside a court's network the store may speak plain HTTP.
            let plain = endpoint.starts_with("http://");
            builder = builder.with_endpoint(endpoint).with_allow_http(plain);
        }
        if let Some(region) = &self.region {
            builder = builder.with_region(region);
        }
        let store = builder.build()?;
        Ok(match &self.prefix {
            Some(prefix) => Arc::new(PrefixStore::new(store, prefix.as_str())),
            None => Arc::new(store),
        })
    }
}
