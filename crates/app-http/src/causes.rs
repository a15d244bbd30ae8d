use std::error::Error;

/// An error with everything that led to it, on one line.
pub(crate) fn causes(error: &dyn Error) -> String {
    let mut story = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        story = format!("{story}: {error}");
        cause = error.source();
    }
    story
}
