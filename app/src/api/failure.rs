//! An [`AppError`] as server functions want it, so that `domain` need not know of them.
//!
//! What the library has to say about a failure is for nobody's eyes: it becomes our words.

use domain::AppError;
use leptos::prelude::{FromServerFnError, ServerFnErrorErr};
use leptos::server_fn::codec::JsonEncoding;
use serde::{Deserialize, Serialize};

/// What went wrong, as it crosses the wire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Failure(pub AppError);

impl From<AppError> for Failure {
    fn from(error: AppError) -> Self {
        Self(error)
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl FromServerFnError for Failure {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        let error = match error {
            // Only a browser sees these two: no answer, or one that is not ours.
            ServerFnErrorErr::Request(_) => AppError::Conflict {
                why: "The server could not be reached. Your text is safe; try again in a moment."
                    .to_owned(),
            },
            ServerFnErrorErr::Deserialization(_) => AppError::Conflict {
                why: "The answer did not come through whole. Your text is safe; reload the page or try again."
                    .to_owned(),
            },
            // A call that none of our pages makes.
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => {
                AppError::Invalid { fields: Vec::new() }
            }
            _ => AppError::Unexpected {
                reference: "call".to_owned(),
            },
        };
        #[cfg(feature = "ssr")]
        super::viewer::set_status(&error);
        Self(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wire_carries_the_plain_error() {
        let json = serde_json::to_string(&Failure(AppError::NotFound)).expect("plain data");
        assert_eq!(json, r#"{"error":"not_found"}"#);
        let back: Failure = serde_json::from_str(&json).expect("what was written");
        assert_eq!(back.0, AppError::NotFound);
    }

    #[test]
    fn no_detail_of_the_library_gets_out() {
        let failure =
            Failure::from_server_fn_error(ServerFnErrorErr::Args("secret detail".to_owned()));
        assert!(!failure.to_string().contains("secret"));
    }
}
