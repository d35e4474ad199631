//! Discord's interactions as the desk's questions: who, where, what, with which values.
//!
//! Both doors hand over the same thing. It checks no right; what it cannot read is answered in
//! words that say why.

use super::Place;
use crate::anatomy::MANAGES;
use crate::{custom_id, read};
use desk::commands::{Act, Answer, Asked, Kind, Value, Values, Written, find};
use domain::{ChannelId, DiscordGuildId, RoleId, ThreadId};
use serenity::all::{
    ActionRow, ActionRowComponent, ChannelType, CommandInteraction, CommandType,
    ComponentInteraction, ComponentInteractionDataKind, GuildId, Interaction, Member,
    ModalInteraction, PartialChannel, ResolvedOption, ResolvedTarget, ResolvedValue, Unresolved,
};

const NOT_HERE: &str = "This works only in the server.";
const ANOTHER_VERSION: &str =
    "This button is from another version. Use the ticket's page on the dashboard instead.";
const ANOTHER_FORM: &str = "This form is from another version. Open it once more.";
const UNKNOWN_COMMAND: &str =
    "This command is from another version. Type / to see those of this one.";
const UNKNOWN_KIND: &str = "This version does not know what that was.";

/// What an interaction tells.
pub(super) enum Told {
    /// Something is to be done.
    Act(Box<Asked>, Place),
    /// Somebody types.
    Suggest {
        /// The command so far.
        asked: Box<Asked>,
        /// The option that is being typed.
        option: String,
        /// What is typed.
        typed: String,
    },
    /// It cannot be read: an answer that says why.
    Unknown(Answer),
}

/// The secret that came with an interaction.
pub(super) fn token(interaction: &Interaction) -> &str {
    match interaction {
        Interaction::Ping(i) => &i.token,
        Interaction::Command(i) | Interaction::Autocomplete(i) => &i.token,
        Interaction::Component(i) => &i.token,
        Interaction::Modal(i) => &i.token,
        _ => "",
    }
}

/// Reads an interaction of this application's.
pub(super) fn told(interaction: Interaction, application: u64) -> Told {
    match interaction {
        Interaction::Command(i) if i.application_id.get() == application => command(&i),
        Interaction::Autocomplete(i) if i.application_id.get() == application => typing(&i),
        Interaction::Component(i) if i.application_id.get() == application => component(&i),
        Interaction::Modal(i) if i.application_id.get() == application => modal(&i),
        _ => Told::Unknown(UNKNOWN_KIND.into()),
    }
}

/// Whether a body is an interaction that this version understands.
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) fn reads(body: &[u8]) -> bool {
    let Ok(interaction) = serde_json::from_slice::<Interaction>(body) else {
        return false;
    };
    let application = match &interaction {
        Interaction::Ping(_) => return true,
        Interaction::Command(i) | Interaction::Autocomplete(i) => i.application_id,
        Interaction::Component(i) => i.application_id,
        Interaction::Modal(i) => i.application_id,
        _ => return false,
    };
    let _ = token(&interaction);
    !matches!(told(interaction, application.get()), Told::Unknown(_))
}

/// Who asks, and where.
struct Frame<'a> {
    token: &'a str,
    guild: Option<GuildId>,
    channel: serenity::all::ChannelId,
    place: Option<&'a PartialChannel>,
    member: Option<&'a Member>,
}

impl Frame<'_> {
    fn asked(&self, act: Act) -> Option<Box<Asked>> {
        let (guild, member) = (self.guild?, self.member?);
        let in_thread = self.place.is_some_and(|channel| {
            matches!(
                channel.kind,
                ChannelType::PublicThread | ChannelType::PrivateThread | ChannelType::NewsThread
            )
        });
        Some(Box::new(Asked {
            secret: self.token.to_owned(),
            guild: DiscordGuildId::from(guild.get()),
            channel: ThreadId::from(self.channel.get()),
            in_thread,
            member: read::interaction_member(member),
            manages_guild: member.permissions.is_some_and(|p| p.intersects(MANAGES)),
            act,
        }))
    }

    fn told(&self, act: Act, place: Place) -> Told {
        match self.asked(act) {
            Some(asked) => Told::Act(asked, place),
            None => Told::Unknown(NOT_HERE.into()),
        }
    }
}

fn frame(i: &CommandInteraction) -> Frame<'_> {
    Frame {
        token: &i.token,
        guild: i.guild_id,
        channel: i.channel_id,
        place: i.channel.as_ref(),
        member: i.member.as_deref(),
    }
}

/// A command as far as it is filled in.
fn act(i: &CommandInteraction) -> Option<Act> {
    let kind = match i.data.kind {
        CommandType::ChatInput => Kind::Slash,
        CommandType::User => Kind::OnUser,
        CommandType::Message => Kind::OnMessage,
        _ => return None,
    };
    let mut path = vec![i.data.name.as_str()];
    let mut options = i.data.options();
    while let [
        ResolvedOption {
            name,
            value: ResolvedValue::SubCommand(inner) | ResolvedValue::SubCommandGroup(inner),
            ..
        },
    ] = options.as_slice()
    {
        path.push(name);
        options = inner.clone();
    }
    let command = find(kind, &path)?;
    let mut values = Values::default();
    for option in options {
        if let Some(value) = value(&option.value) {
            values.add(option.name, value);
        }
    }
    match i.data.target() {
        Some(ResolvedTarget::User(user, member)) => {
            let user = read::resolved_member(user, member);
            values.add("user", Value::User(Box::new(user)));
        }
        Some(ResolvedTarget::Message(message)) => {
            // Read as every message is, so that a forward, a sticker and a poll say what they say.
            let read = serde_json::to_value(message).ok();
            let read = read.and_then(|message| read::message(message, None))?;
            let mut author = read::resolved_member(&message.author, None);
            author.bot |= read.author.is_bot;
            let written = Written {
                id: read.id,
                author,
                text: read.content,
                files: read.files,
            };
            values.add("message", Value::Message(Box::new(written)));
        }
        _ => {}
    }
    Some(Act {
        does: command.does,
        ticket: None,
        values,
        takes: command.options,
    })
}

fn value(told: &ResolvedValue<'_>) -> Option<Value> {
    Some(match told {
        ResolvedValue::Boolean(flag) => Value::Flag(*flag),
        ResolvedValue::Integer(number) => Value::Integer(*number),
        ResolvedValue::String(text) => Value::Text((*text).to_owned()),
        ResolvedValue::Channel(channel) => Value::Channel(ChannelId::from(channel.id.get())),
        ResolvedValue::Role(role) => Value::Role(RoleId::from(role.id.get())),
        ResolvedValue::User(user, member) => {
            Value::User(Box::new(read::resolved_member(user, *member)))
        }
        ResolvedValue::Unresolved(Unresolved::Channel(id)) => {
            Value::Channel(ChannelId::from(id.get()))
        }
        ResolvedValue::Unresolved(Unresolved::RoleId(id)) => Value::Role(RoleId::from(id.get())),
        _ => return None,
    })
}

fn command(i: &CommandInteraction) -> Told {
    match act(i) {
        Some(act) => frame(i).told(act, Place::Below),
        None => Told::Unknown(UNKNOWN_COMMAND.into()),
    }
}

fn typing(i: &CommandInteraction) -> Told {
    let (Some(act), Some(focused)) = (act(i), i.data.autocomplete()) else {
        return Told::Unknown(UNKNOWN_COMMAND.into());
    };
    match frame(i).asked(act) {
        Some(asked) => Told::Suggest {
            asked,
            option: focused.name.to_owned(),
            typed: focused.value.to_owned(),
        },
        None => Told::Unknown(NOT_HERE.into()),
    }
}

fn component(i: &ComponentInteraction) -> Told {
    let Some(control) = custom_id::read(&i.data.custom_id) else {
        return Told::Unknown(ANOTHER_VERSION.into());
    };
    let mut values = Values::default();
    let chosen = match &i.data.kind {
        ComponentInteractionDataKind::StringSelect { values } => {
            values.first().map(|text| Value::Text(text.clone()))
        }
        ComponentInteractionDataKind::ChannelSelect { values } => values
            .first()
            .map(|channel| Value::Channel(ChannelId::from(channel.get()))),
        ComponentInteractionDataKind::RoleSelect { values } => values
            .first()
            .map(|role| Value::Role(RoleId::from(role.get()))),
        _ => None,
    };
    let place = match chosen.is_some() || control.renews() {
        true => Place::Instead,
        false => Place::Below,
    };
    if let (Some(name), Some(chosen)) = (control.choice(), chosen) {
        values.add(name, chosen);
    }
    if let Some((name, carried)) = control.carries() {
        values.add(name, Value::Text(carried.to_owned()));
    }
    let frame = Frame {
        token: &i.token,
        guild: i.guild_id,
        channel: i.channel_id,
        place: i.channel.as_ref(),
        member: i.member.as_ref(),
    };
    let act = Act {
        does: control.does(),
        ticket: control.ticket(),
        values,
        takes: &[],
    };
    frame.told(act, place)
}

fn modal(i: &ModalInteraction) -> Told {
    let mut values = Values::default();
    for (name, text) in i.data.components.iter().flat_map(fields) {
        values.add(name, Value::Text(text));
    }
    let Some(control) = custom_id::read(&i.data.custom_id) else {
        return Told::Unknown(values.given_back(ANOTHER_FORM.to_owned()));
    };
    if let Some((name, carried)) = control.carries() {
        values.add(name, Value::Text(carried.to_owned()));
    }
    let frame = Frame {
        token: &i.token,
        guild: i.guild_id,
        channel: i.channel_id,
        place: i.channel.as_ref(),
        member: i.member.as_ref(),
    };
    let act = Act {
        does: control.does(),
        ticket: control.ticket(),
        values,
        takes: &[],
    };
    frame.told(act, Place::Below)
}

fn fields(row: &ActionRow) -> impl Iterator<Item = (String, String)> {
    row.components.iter().filter_map(|part| match part {
        ActionRowComponent::InputText(input) => {
            Some((input.custom_id.clone(), input.value.clone()?))
        }
        _ => None,
    })
}
