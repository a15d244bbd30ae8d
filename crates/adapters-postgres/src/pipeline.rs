use crate::error::{Fault, StoreError};

/// Sends what two units need without waiting for the first one's answers. The server works in
/// order, and what fails makes everything behind it in its transaction fail: the error is that of
/// the cause, whichever of the two is looked at first.
pub(crate) async fn both<A, B, E, F>(
    one: impl Future<Output = Result<A, E>>,
    other: impl Future<Output = Result<B, F>>,
) -> Result<(A, B), StoreError>
where
    E: Into<StoreError>,
    F: Into<StoreError>,
{
    match tokio::join!(one, other) {
        (Ok(one), Ok(other)) => Ok((one, other)),
        (Err(error), Ok(_)) => Err(error.into()),
        (Ok(_), Err(error)) => Err(error.into()),
        (Err(one), Err(other)) => {
            let one = one.into();
            Err(if one.fault == Fault::Aftermath {
                other.into()
            } else {
                one
            })
        }
    }
}
