//! Who is calling: the bot, a person who is played over REST, or somebody with an OAuth2 token.
//! It reads the header and looks the token up; what the caller may do is decided elsewhere.

use crate::error::{Answer, Refusal};
use crate::world::World;

/// The caller.
#[derive(Debug, Clone)]
pub(crate) enum Identity {
    /// The bot or a person, with a token of their own.
    User(u64),
    /// An application on behalf of a person.
    Bearer {
        person: u64,
        token: String,
    },
    Nobody,
}

impl Identity {
    /// Whom the rate limits count.
    pub(crate) fn caller(&self) -> Option<u64> {
        match self {
            Self::User(id) | Self::Bearer { person: id, .. } => Some(*id),
            Self::Nobody => None,
        }
    }
}

/// The 401 of a missing or wrong token.
pub(crate) fn unauthorized() -> Refusal {
    Refusal::bare(401, "401: Unauthorized")
}

/// Reads an `Authorization` header.
pub(crate) fn identify(world: &World, header: Option<&str>, has_agent: bool) -> Answer<Identity> {
    let Some(header) = header else {
        return Ok(Identity::Nobody);
    };
    if let Some(token) = header.strip_prefix("Bearer ") {
        let grant = world.grant(token).ok_or_else(unauthorized)?;
        return Ok(Identity::Bearer {
            person: grant.person,
            token: token.to_owned(),
        });
    }
    let as_bot = header.strip_prefix("Bot ");
    let token = as_bot.unwrap_or(header);
    let user = user_of_token(world, token).ok_or_else(unauthorized)?;
    if world.is_bot(user) != as_bot.is_some() {
        return Err(unauthorized());
    }
    if as_bot.is_some() && !has_agent {
        return Err(Refusal {
            code: 40333,
            ..Refusal::bare(403, "internal network error")
        });
    }
    Ok(Identity::User(user))
}

/// The user whose own token this is.
pub(crate) fn user_of_token(world: &World, token: &str) -> Option<u64> {
    let found = world.users.values().find(|user| user.token == token);
    found.map(|user| user.id)
}
