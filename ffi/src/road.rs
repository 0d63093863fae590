//! The road to the court: this library's own HTTP, which trusts nothing but the agency's certificates, or
//! the app's.

use std::sync::{Arc, PoisonError};

use lastmile_core::phone::transport::HttpTransport;

use crate::error::LastmileError;
use crate::http::{HostHttp, Transport};
use crate::open::Phone;
use crate::words::Words;

/// A road to the court's server. Make one at start and keep it: it holds connections.
#[derive(uniffi::Object)]
pub struct Road {
    pub(crate) http: HttpTransport,
}

#[uniffi::export]
impl Road {
    /// This library's own HTTP to `url`, e.g. `https://sync.court.example`. `roots` are the PEM
    /// certificates of the agency's authority: nothing else is trusted, neither the phone's own list nor a
    /// proxy. With none, only `http://` works (a tunnel, a test).
    ///
    /// Errors: `Refused` (`road_setup`): a certificate cannot be read.
    #[uniffi::constructor]
    pub fn http(url: String, roots: Vec<Vec<u8>>) -> Result<Arc<Self>, LastmileError> {
        let roots: Vec<&[u8]> = roots.iter().map(Vec::as_slice).collect();
        let http = HttpTransport::new(&url, &roots).map_err(|_| no_road())?;
        Ok(Arc::new(Self { http }))
    }

    /// The app's own HTTP.
    #[uniffi::constructor]
    pub fn over(transport: Arc<dyn Transport>) -> Arc<Self> {
        Arc::new(Self { http: HttpTransport::over(Box::new(HostHttp(transport))) })
    }
}

#[uniffi::export]
impl Phone {
    /// Takes `road` for every contact from now on.
    pub fn set_road(&self, road: Arc<Road>) {
        *self.road.write().unwrap_or_else(PoisonError::into_inner) = Some(road);
    }
}

impl Phone {
    pub(crate) fn road(&self) -> Result<Arc<Road>, LastmileError> {
        let road = self.road.read().unwrap_or_else(PoisonError::into_inner).clone();
        road.ok_or_else(no_road)
    }
}

fn no_road() -> LastmileError {
    LastmileError::refused(
        "road_setup",
        Words {
            zh: "尚未设置法院服务器的地址或证书".to_owned(),
            en: "The court's server, or its certificate, is not set up.".to_owned(),
        },
    )
}
