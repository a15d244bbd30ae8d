use std::sync::Arc;
use std::time::Duration;

use domain::ports::Ring;
use tokio::sync::broadcast;
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use super::heard;
use crate::error::LinkError;
use crate::link::{Link, Purpose};
use crate::settings::Target;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Hands on what other processes announce, for ever. Rings that are lost while there is no
/// connection are not asked for: readers look for themselves from time to time.
pub(super) async fn listen(target: Arc<Target>, instance: Uuid, rings: broadcast::Sender<Ring>) {
    let mut pause = FIRST_PAUSE;
    loop {
        match connect(&target).await {
            Ok(mut link) => {
                pause = FIRST_PAUSE;
                while let Some(notification) = link.notifications.recv().await {
                    for ring in heard(instance, notification.payload()) {
                        // It fails when nobody listens.
                        drop(rings.send(ring));
                    }
                }
            }
            Err(error) => {
                tracing::debug!(error = %error, "the database cannot be listened to");
            }
        }
        sleep(pause).await;
        pause = (2 * pause).min(LONGEST_PAUSE);
    }
}

async fn connect(target: &Target) -> Result<Link, LinkError> {
    let link = timeout(CONNECT_TIMEOUT, target.link(Purpose::Listening))
        .await
        .or(Err(LinkError::Late))?;
    Ok(link?)
}
