use std::future::{Ready, ready};
use std::sync::Once;

use actix_web::dev::Payload;
use actix_web::http::header::X_FORWARDED_FOR;
use actix_web::{FromRequest, HttpRequest, web};
use domain::network::ClientNetwork;

use crate::client_address::TrustedProxies;
use crate::error::ApiError;

/// Where the client is.
pub(crate) struct Client(pub(crate) ClientNetwork);

impl FromRequest for Client {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        ready(client(request).map(Self))
    }
}

fn client(request: &HttpRequest) -> Result<ClientNetwork, ApiError> {
    static DISTRUSTED: Once = Once::new();

    let proxies = request
        .app_data::<web::Data<TrustedProxies>>()
        .ok_or_else(|| ApiError::Internal("trusted proxies are not wired".into()))?;
    let peer = request
        .peer_addr()
        .ok_or_else(|| ApiError::Internal("a connection without a peer".into()))?
        .ip();
    let headers = request.headers();
    if headers.contains_key(X_FORWARDED_FOR) && !proxies.trusts(peer) {
        DISTRUSTED.call_once(|| {
            tracing::warn!(
                %peer,
                "X-Forwarded-For is ignored: if this is a proxy of yours, put it into \
                 TRUSTED_PROXIES, else all its clients share one limit of attempts"
            );
        });
    }
    Ok(proxies.client_of(peer, headers).into())
}
