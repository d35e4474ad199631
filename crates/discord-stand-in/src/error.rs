//! Discord's refusals: codes, statuses, words and the nested form errors.
//! It knows how a refusal looks on the wire; it refuses to know when one is due.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

/// The outcome of everything that Discord may refuse.
pub(crate) type Answer<T> = Result<T, Refusal>;

/// One refusal, ready for the wire.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: u32,
    pub(crate) message: String,
    pub(crate) errors: Option<Value>,
}

impl Refusal {
    /// The refusal that Discord numbers `code`.
    pub(crate) fn of(code: u32) -> Self {
        let (status, message) = meaning(code);
        Self {
            status,
            code,
            message: message.to_owned(),
            errors: None,
        }
    }

    /// A path or method that Discord does not have.
    pub(crate) fn bare(status: u16, message: &str) -> Self {
        Self {
            status,
            code: 0,
            message: message.to_owned(),
            errors: None,
        }
    }

    /// A 50035 with a single complaint.
    pub(crate) fn field(path: &str, code: &str, message: &str) -> Self {
        let mut form = FormErrors::default();
        form.add(path, code, message);
        form.refusal()
    }

    /// The body as Discord sends it.
    pub(crate) fn body(&self) -> Value {
        let mut body = json!({"message": self.message, "code": self.code});
        if let Some(errors) = &self.errors {
            body["errors"] = errors.clone();
        }
        body
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST);
        (status, axum::Json(self.body())).into_response()
    }
}

/// Collects the complaints of a form, nested by field.
#[derive(Default)]
pub(crate) struct FormErrors {
    root: Map<String, Value>,
}

impl FormErrors {
    /// Adds a complaint about `path` (dots between the steps, array indexes as numbers).
    pub(crate) fn add(&mut self, path: &str, code: &str, message: &str) {
        let mut here = &mut self.root;
        for step in path.split('.').filter(|step| !step.is_empty()) {
            let next = here.entry(step).or_insert_with(|| json!({}));
            let Value::Object(map) = next else { return };
            here = map;
        }
        let list = here.entry("_errors").or_insert_with(|| json!([]));
        if let Value::Array(list) = list {
            list.push(json!({"code": code, "message": message}));
        }
    }

    /// Complains unless `text` has between `least` and `most` characters.
    pub(crate) fn length(&mut self, path: &str, text: &str, least: usize, most: usize) {
        let count = text.chars().count();
        if count == 0 && least > 0 {
            self.add(path, "BASE_TYPE_REQUIRED", "This field is required");
        } else if count < least || (least > 1 && count > most) {
            let words = format!("Must be between {least} and {most} in length.");
            self.add(path, "BASE_TYPE_BAD_LENGTH", &words);
        } else if count > most {
            let words = format!("Must be {most} or fewer in length.");
            self.add(path, "BASE_TYPE_MAX_LENGTH", &words);
        }
    }

    /// Whether anything was complained about.
    pub(crate) fn is_empty(&self) -> bool {
        self.root.is_empty()
    }

    /// The complaints as one refusal.
    pub(crate) fn refusal(self) -> Refusal {
        Refusal {
            errors: Some(Value::Object(self.root)),
            ..Refusal::of(50035)
        }
    }

    /// Refuses if there was any complaint.
    pub(crate) fn finish(self) -> Answer<()> {
        if self.is_empty() {
            Ok(())
        } else {
            Err(self.refusal())
        }
    }
}

fn meaning(code: u32) -> (u16, &'static str) {
    match code {
        10002 => (404, "Unknown Application"),
        10003 => (404, "Unknown Channel"),
        10004 => (404, "Unknown Guild"),
        10007 => (404, "Unknown Member"),
        10008 => (404, "Unknown Message"),
        10011 => (404, "Unknown Role"),
        10013 => (404, "Unknown User"),
        10014 => (400, "Unknown Emoji"),
        10015 => (404, "Unknown Webhook"),
        10062 => (404, "Unknown interaction"),
        10063 => (404, "Unknown application command"),
        10087 => (404, "Unknown Tag"),
        20001 => (403, "Bots cannot use this endpoint"),
        20016 => (
            429,
            "This action cannot be performed due to slowmode rate limit",
        ),
        30003 => (400, "Maximum number of pins reached for the channel (250)"),
        30007 => (400, "Maximum number of webhooks reached (15)"),
        30010 => (400, "Maximum number of reactions reached (20)"),
        30032 => (400, "Maximum number of application commands reached (100)"),
        30034 => (
            400,
            "Max number of daily application command creates has been reached (200)",
        ),
        30033 => (
            400,
            "Max number of thread participants has been reached (1000)",
        ),
        40001 | 0 => (401, "401: Unauthorized"),
        40005 => (413, "Request entity too large"),
        40058 => (400, "Cannot send messages in a forum channel"),
        40060 => (400, "Interaction has already been acknowledged."),
        40067 => (
            400,
            "A tag is required to create a forum post in this channel",
        ),
        50001 => (403, "Missing Access"),
        50005 => (403, "Cannot edit a message authored by another user"),
        50006 => (400, "Cannot send an empty message"),
        50007 => (403, "Cannot send messages to this user"),
        50013 => (403, "Missing Permissions"),
        50014 => (401, "Invalid authentication token provided"),
        50021 => (403, "Cannot execute action on a system message"),
        50024 => (400, "Cannot execute action on this channel type"),
        50025 => (401, "Invalid OAuth2 access token provided"),
        50027 => (401, "Invalid Webhook Token"),
        50028 => (400, "Invalid role"),
        50034 => (
            400,
            "You can only bulk delete messages that are under 14 days old.",
        ),
        50035 => (400, "Invalid Form Body"),
        50045 => (400, "File uploaded exceeds the maximum size"),
        50083 => (400, "Thread is archived"),
        50109 => (400, "The request body contains invalid JSON."),
        160002 => (
            400,
            "Cannot reply without permission to read message history",
        ),
        160004 => (400, "A thread has already been created for this message"),
        160005 => (403, "Thread is locked"),
        160006 => (400, "Maximum number of active threads reached"),
        200_000 => (400, "Message was blocked by automatic moderation"),
        200_001 => (400, "Title was blocked by automatic moderation"),
        220_001 => (
            400,
            "Webhooks posted to forum channels must have a thread_name or thread_id",
        ),
        220_002 => (
            400,
            "Webhooks posted to forum channels cannot have both a thread_name and thread_id",
        ),
        220_003 => (400, "Webhooks can only create threads in forum channels"),
        520_001 => (400, "Poll expired"),
        _ => (400, "Invalid request"),
    }
}
