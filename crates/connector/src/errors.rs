//! What a failed request means: done, not done, or not known, and what staff can do about it.
//!
//! Pure: it looks at one error and knows neither the request nor what was tried before. Words that
//! are kept or shown never hold an address, a token or anything that a person wrote.

use desk::bridge::DeliveryError;
use serenity::http::{DiscordJsonError, HttpError, StatusCode};
use std::time::Duration;

/// Whether doing a thing twice differs from doing it once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// It makes something: when the answer is lost, it must not simply be repeated.
    Once,
    /// Reading, and setting what may be set again.
    Repeatable,
}

/// Nothing listens, or the way there is broken: worth another look soon.
const UNREACHABLE: Duration = Duration::from_millis(1_500);
/// Discord answered that something is wrong on its side.
const UNWELL: Duration = Duration::from_secs(2);
/// Discord asks for a pause but does not say for how long.
const PAUSE: Duration = Duration::from_secs(5);
/// Something before Discord refuses every request of ours.
const SHUT_OUT: Duration = Duration::from_secs(60);

/// The words of a lost answer.
pub(super) const LOST: &str = "Discord's answer was lost.";

/// What is known after `error`.
pub(super) fn delivery_error(error: &serenity::Error, effect: Effect) -> DeliveryError {
    match error {
        serenity::Error::Http(HttpError::UnsuccessfulRequest(answer)) => {
            told(answer.status_code, &answer.error, effect)
        }
        serenity::Error::Http(HttpError::Request(error)) if error.is_connect() => {
            retry(UNREACHABLE, "Discord cannot be reached.")
        }
        serenity::Error::Http(HttpError::Request(error)) if error.is_builder() => {
            permanent(None, "The request could not be made.".to_owned())
        }
        serenity::Error::Http(
            HttpError::Request(_) | HttpError::RateLimitI64F64 | HttpError::RateLimitUtf8,
        )
        | serenity::Error::Json(_)
        | serenity::Error::Decode(..)
        | serenity::Error::Io(_) => lost(effect),
        _ => permanent(None, "The request could not be made.".to_owned()),
    }
}

/// What is known after an answer that was not a success.
pub(super) fn judged(status: u16, body: &[u8], effect: Effect) -> DeliveryError {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    match serde_json::from_slice(body) {
        Ok(error) => told(status, &error, effect),
        Err(_) => refusal(status, None, &[], false, effect),
    }
}

fn told(status: StatusCode, error: &DiscordJsonError, effect: Effect) -> DeliveryError {
    let code = u32::try_from(error.code).ok().filter(|code| *code > 0);
    let fields: Vec<String> = error
        .errors
        .iter()
        .map(|e| format!("{}: {}", e.path, e.code))
        .collect();
    refusal(status, code, &fields, error.code >= 0, effect)
}

/// The answer did not come, or cannot be read.
pub(super) fn lost(effect: Effect) -> DeliveryError {
    match effect {
        Effect::Once => DeliveryError::Uncertain {
            reason: LOST.to_owned(),
        },
        Effect::Repeatable => retry(UNWELL, LOST),
    }
}

/// The limiter knows that a request would have to wait: it was not made.
pub(super) fn held(after: Duration, global: bool) -> DeliveryError {
    DeliveryError::Retry {
        after,
        global,
        reason: "Discord asks us to slow down.".to_owned(),
    }
}

/// What Discord's answer means. `is_discord` is false when its body is not in Discord's form.
fn refusal(
    status: StatusCode,
    code: Option<u32>,
    fields: &[String],
    is_discord: bool,
    effect: Effect,
) -> DeliveryError {
    match (status.as_u16(), code) {
        (401, _) | (_, Some(50_014)) => DeliveryError::Unauthorised,
        // The limiter obeys every 429 that says how long; this one did not.
        (429, _) => held(PAUSE, false),
        (_, Some(20_028 | 20_029 | 40_062)) => held(PAUSE, false),
        (_, Some(130_000)) => retry(PAUSE, "Discord is overloaded."),
        (_, Some(110_000)) => retry(UNWELL, "Discord is not ready yet."),
        // The quota for edits of old messages.
        (_, Some(30_046)) => retry(
            SHUT_OUT,
            "Discord limits how often an old message is edited.",
        ),
        (500.., _) if effect == Effect::Once => DeliveryError::Uncertain {
            reason: format!(
                "Discord answered {} and may have done it or not.",
                status.as_u16()
            ),
        },
        (500.., _) => retry(UNWELL, "Discord has a problem of its own."),
        (_, Some(200_001)) => name_refused(),
        (_, Some(50_035)) if fields.iter().any(|field| field.starts_with("name:")) => {
            name_refused()
        }
        (_, Some(code)) => known(status, code, fields),
        (403, None) if !is_discord => DeliveryError::Retry {
            after: SHUT_OUT,
            global: true,
            reason: "Something before Discord turns our requests away.".to_owned(),
        },
        (404, None) if is_discord => gone(None, "Discord does not know it (any more)."),
        (status, None) if is_discord => {
            permanent(None, format!("Discord refused it with status {status}."))
        }
        (_, None) => retry(SHUT_OUT, "What answered was not Discord."),
    }
}

fn known(status: StatusCode, code: u32, fields: &[String]) -> DeliveryError {
    match code {
        10_003 => gone(Some(code), "The thread was deleted in Discord."),
        10_008 => gone(Some(code), "The message was deleted in Discord."),
        10_004 => gone(Some(code), "The bot is not in the server (any more)."),
        _ if status == StatusCode::NOT_FOUND => {
            gone(Some(code), "Discord does not know it (any more).")
        }
        code => permanent(Some(code), advice(code, fields)),
    }
}

/// The words that stand for a thread's name are ones that Discord does not let pass.
pub(super) fn name_refused() -> DeliveryError {
    DeliveryError::NameRefused {
        reason: "Discord's filter does not let the subject pass as a name.".to_owned(),
    }
}

/// Words for staff: what is wrong, and what to do.
fn advice(code: u32, fields: &[String]) -> String {
    let words = match code {
        50_001 => {
            "The bot cannot see the support channel. Allow it to view the channel, then try again."
        }
        50_013 => {
            "The bot lacks a permission. Give it those that the invite link asks for, then try again."
        }
        50_024 => {
            "The support channel is of another kind than the setting `thread_kind` needs. Run /doctor, \
             mend the setting, then try again."
        }
        40_067 => {
            "The forum demands a tag, and has none named like a category, a priority or a status. \
             Add one or let posts go without, then try again."
        }
        50_083 => "The thread is archived. Open it in Discord, then try again.",
        160_005 => {
            "The thread is locked. Unlock it or allow the bot to manage threads, then try again."
        }
        160_006 => {
            "The server has as many active threads as Discord allows. Archive some, then try again."
        }
        30_033 => "The thread has as many members as Discord allows.",
        200_000 => {
            "The server's AutoMod blocks this text. Exempt the bot from the rule, then try again."
        }
        240_000 => "Discord takes a link in this text for harmful and blocks it.",
        40_005 | 50_045 => "It is larger than Discord accepts.",
        50_035 if !fields.is_empty() => {
            return format!("Discord refused the form of it ({}).", fields.join(", "));
        }
        code => return format!("Discord refused it (code {code})."),
    };
    words.to_owned()
}

fn retry(after: Duration, reason: &str) -> DeliveryError {
    DeliveryError::Retry {
        after,
        global: false,
        reason: reason.to_owned(),
    }
}

fn permanent(code: Option<u32>, reason: String) -> DeliveryError {
    DeliveryError::Permanent { code, reason }
}

fn gone(code: Option<u32>, reason: &str) -> DeliveryError {
    DeliveryError::Gone {
        code,
        reason: reason.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, code: Option<u32>, effect: Effect) -> DeliveryError {
        let status = StatusCode::from_u16(status).unwrap();
        refusal(status, code, &[], true, effect)
    }

    #[test]
    fn a_failing_discord_leaves_posts_in_doubt_and_nothing_else() {
        for status in [500, 502, 503, 504, 520] {
            assert!(matches!(
                answer(status, None, Effect::Once),
                DeliveryError::Uncertain { .. }
            ));
            assert!(matches!(
                answer(status, None, Effect::Repeatable),
                DeliveryError::Retry { global: false, .. }
            ));
        }
        assert!(matches!(
            answer(503, Some(130_000), Effect::Once),
            DeliveryError::Retry { .. }
        ));
    }

    #[test]
    fn lost_answers_leave_posts_in_doubt_and_nothing_else() {
        assert!(matches!(
            lost(Effect::Once),
            DeliveryError::Uncertain { .. }
        ));
        assert!(matches!(
            lost(Effect::Repeatable),
            DeliveryError::Retry { .. }
        ));
        let unreadable = serenity::Error::Json(serde_json::from_str::<u8>("{").unwrap_err());
        assert!(matches!(
            delivery_error(&unreadable, Effect::Once),
            DeliveryError::Uncertain { .. }
        ));
    }

    #[test]
    fn refusals_for_good_say_what_to_do() {
        for code in [
            50_001, 50_013, 50_024, 40_067, 160_005, 160_006, 200_000, 50_083,
        ] {
            let DeliveryError::Permanent { code: told, reason } =
                answer(403, Some(code), Effect::Once)
            else {
                panic!("{code} is not permanent");
            };
            assert_eq!(told, Some(code));
            assert!(reason.ends_with("then try again."), "{reason}");
        }
        for code in [240_000, 50_035, 40_005, 30_033, 40_058] {
            assert!(matches!(
                answer(400, Some(code), Effect::Once),
                DeliveryError::Permanent { .. }
            ));
        }
    }

    #[test]
    fn a_refused_name_is_told_apart_from_a_refused_text() {
        let status = StatusCode::BAD_REQUEST;
        let refused = |code, field: &str| {
            let fields = [format!("{field}: CONTENT_FILTERED")];
            refusal(status, Some(code), &fields, true, Effect::Once)
        };
        assert_eq!(refused(50_035, "name"), name_refused());
        assert_eq!(refused(200_001, "x"), name_refused());
        for (code, field) in [(50_035, "embeds.0.author.name"), (200_000, "name")] {
            let told = refused(code, field);
            assert!(matches!(told, DeliveryError::Permanent { .. }), "{told:?}");
        }
    }

    #[test]
    fn what_is_gone_is_gone() {
        for code in [10_003, 10_008, 10_004, 10_007, 10_011] {
            let told = answer(404, Some(code), Effect::Repeatable);
            assert!(
                matches!(told, DeliveryError::Gone { code: Some(c), .. } if c == code),
                "{code}: {told:?}"
            );
        }
        assert!(matches!(
            answer(404, None, Effect::Repeatable),
            DeliveryError::Gone { code: None, .. }
        ));
    }

    #[test]
    fn a_refused_token_is_told_apart() {
        assert_eq!(answer(401, None, Effect::Once), DeliveryError::Unauthorised);
        assert_eq!(
            answer(401, Some(40_001), Effect::Once),
            DeliveryError::Unauthorised
        );
        assert_eq!(
            answer(403, Some(50_014), Effect::Once),
            DeliveryError::Unauthorised
        );
    }

    #[test]
    fn a_wall_before_discord_stops_everything_for_a_while() {
        let wall = refusal(StatusCode::FORBIDDEN, None, &[], false, Effect::Once);
        assert!(
            matches!(wall, DeliveryError::Retry { global: true, after, .. } if after >= SHUT_OUT)
        );
    }

    #[test]
    fn a_refused_form_names_the_field_and_no_value() {
        let fields = ["embeds.0.title: BASE_TYPE_MAX_LENGTH".to_owned()];
        let told = refusal(
            StatusCode::BAD_REQUEST,
            Some(50_035),
            &fields,
            true,
            Effect::Once,
        );
        assert_eq!(
            told.to_string(),
            "refused: Discord refused the form of it (embeds.0.title: BASE_TYPE_MAX_LENGTH)."
        );
    }
}
