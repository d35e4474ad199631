//! What the forms of the settings do: each the desk's own method, and words for what it changed.
//!
//! It knows the forms' fields and no rule: what is refused is refused by the desk, beside the field
//! that it names.

use crate::errors::explain;
use app::records::{RefusedForm, Section};
use axum::http::StatusCode;
use desk::options::{Setting, Shape};
use desk::{Admin, Desk, DeskError, Grantee, House, Keep, Question, Reply};
use domain::{AppError, DiscordUserId, Field, Invalid, RoleId};
use std::collections::HashMap;

/// A form's fields, by their names.
pub(super) type Fields = HashMap<String, String>;

/// Why a form was not taken.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) status: StatusCode,
    errors: Vec<(String, String)>,
    notice: Option<String>,
}

impl Refused {
    /// As the page shows it.
    pub(super) fn form(self, fields: Fields) -> RefusedForm {
        RefusedForm {
            act: text(&fields, "do").to_owned(),
            of: text(&fields, "of").to_owned(),
            fields,
            errors: self.errors,
            notice: self.notice,
        }
    }

    fn notice(error: &AppError, words: String) -> Self {
        Self {
            status: super::super::pages::status_of(error),
            errors: Vec::new(),
            notice: Some(words),
        }
    }

    /// The same, where the form calls the field so.
    fn calling(mut self, name: &str) -> Self {
        for (field, _) in &mut self.errors {
            name.clone_into(field);
        }
        self
    }
}

impl From<DeskError> for Refused {
    fn from(error: DeskError) -> Self {
        let told = match error {
            // What a form names was removed by somebody else meanwhile.
            DeskError::NotFound => AppError::Conflict {
                why: "That is gone already. This is how it stands now.".to_owned(),
            },
            other => explain(&other),
        };
        match &told {
            AppError::Invalid { fields } => {
                let errors = fields.iter();
                let errors = errors.map(|one| (one.field.name().to_owned(), one.why.clone()));
                Self {
                    status: super::super::pages::status_of(&told),
                    errors: errors.collect(),
                    notice: None,
                }
            }
            other => Self::notice(other, other.to_string()),
        }
    }
}

impl From<Invalid> for Refused {
    fn from(one: Invalid) -> Self {
        DeskError::Invalid(vec![one]).into()
    }
}

/// A field's text; one that was not sent is empty.
fn text<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.get(name).map_or("", String::as_str)
}

/// Does what a form of this section asks for, and says what is so now.
pub(super) async fn carry_out(
    house: &House,
    desk: &Desk,
    admin: &Admin,
    section: Section,
    fields: &Fields,
) -> Result<String, Refused> {
    let (act, of) = (text(fields, "do"), text(fields, "of"));
    match (section, act) {
        (Section::General, "save") => save(desk, admin, fields).await,
        (Section::General, "pause" | "resume") => {
            let message = Some(text(fields, "message")).filter(|_| act == "pause");
            pause(desk, admin, message).await
        }
        (Section::Categories, _) => categories(desk, admin, act, of, fields).await,
        (Section::Replies, _) => replies(desk, admin, act, of, fields).await,
        (Section::People, _) => people(desk, admin, act, of, fields).await,
        (Section::Address, "move") => {
            let slug = text(fields, Field::Slug.name()).trim();
            Ok(match house.move_to(desk, admin, slug).await? {
                true => format!("This server is found at /g/{slug} now."),
                false => "That is the address already.".to_owned(),
            })
        }
        _ => unknown(),
    }
}

fn unknown<T>() -> Result<T, Refused> {
    let why = "This form is from another version of the page. Here is the present one.";
    Err(DeskError::Conflict {
        why: why.to_owned(),
    }
    .into())
}

/// Saves the options that were changed on the page, all of them or none.
async fn save(desk: &Desk, admin: &Admin, fields: &Fields) -> Result<String, Refused> {
    let mut decisions = Vec::new();
    let mut errors = Vec::new();
    let mut status = StatusCode::CONFLICT;
    for setting in Setting::ALL {
        let key = setting.key();
        // What the page was drawn with: another admin may have changed the rest since.
        let (Some(typed), was) = (fields.get(key), text(fields, &format!("was:{key}"))) else {
            continue;
        };
        let typed = typed.trim();
        if typed == was {
            continue;
        }
        let typed = Some(typed).filter(|typed| !typed.is_empty());
        match desk.decide(admin, setting, typed).await {
            Ok(decision) => decisions.push(decision),
            Err(DeskError::Conflict { why }) => errors.push((key.to_owned(), why)),
            Err(DeskError::Invalid(wrong)) => {
                status = StatusCode::UNPROCESSABLE_ENTITY;
                errors.extend(wrong.into_iter().map(|one| (key.to_owned(), one.why)));
            }
            Err(error) => return Err(error.into()),
        }
    }
    if !errors.is_empty() {
        return Err(Refused {
            status,
            errors,
            notice: None,
        });
    }
    let changed = desk.adopt(admin, decisions).await?;
    let words: Vec<_> = changed.into_iter().map(|one| now(desk, one)).collect();
    Ok(match words.is_empty() {
        true => "Nothing was changed.".to_owned(),
        false => format!("Saved: {}.", words.join("; ")),
    })
}

fn now(desk: &Desk, setting: Setting) -> String {
    let key = setting.key();
    match (desk.options().value(setting), setting.shape()) {
        (None, _) => format!("{key} is not set now"),
        // An id says nothing to anybody.
        (Some(_), Shape::Channel) => format!("{key} is another channel now"),
        (Some(_), Shape::Role) => format!("{key} is another role now"),
        (Some(value), _) => format!("{key} is “{value}” now"),
    }
}

async fn pause(desk: &Desk, admin: &Admin, message: Option<&str>) -> Result<String, Refused> {
    let decision = desk.decide(admin, Setting::Maintenance, message).await;
    let decision = decision.map_err(|error| Refused::from(error).calling("message"))?;
    desk.adopt(admin, vec![decision]).await?;
    Ok(match message {
        Some(_) => "New tickets are paused, here and in Discord.".to_owned(),
        None => "New tickets are taken again.".to_owned(),
    })
}

async fn categories(
    desk: &Desk,
    admin: &Admin,
    act: &str,
    of: &str,
    fields: &Fields,
) -> Result<String, Refused> {
    match act {
        "add" => {
            let name = text(fields, Field::Name.name()).trim();
            let help = text(fields, Field::Help.name());
            desk.add_category(admin, name, help).await?;
            Ok(format!("Tickets can be about {name} now."))
        }
        "change" => {
            let name = text(fields, Field::Name.name()).trim();
            let help = text(fields, Field::Help.name());
            desk.reword_category(admin, of, name, Some(help)).await?;
            Ok(format!("The category is called {name} now."))
        }
        "remove" => {
            let name = category(desk, of).await?;
            desk.retire_category(admin, of).await?;
            Ok(format!(
                "Nothing new is filed under {name}; its tickets stay."
            ))
        }
        "ask" => {
            let name = category(desk, of).await?;
            let reply = Reply::from_key(text(fields, "answer")).unwrap_or(Reply::Paragraph);
            let question = Question::read(
                text(fields, Field::Question.name()),
                reply,
                number(fields, Field::Least)?,
                number(fields, Field::Most)?,
            )?;
            desk.add_question(admin, of, &question).await?;
            Ok(format!("{name} asks now: {}", question.words))
        }
        "drop" => {
            let (key, words) = of.split_once(' ').unwrap_or((of, ""));
            let name = category(desk, key).await?;
            desk.remove_question(admin, key, words).await?;
            Ok(format!("{name} asks no more: {words}"))
        }
        _ => unknown(),
    }
}

/// A category's name.
async fn category(desk: &Desk, key: &str) -> Result<String, DeskError> {
    let all = desk.categories().await?;
    let found = all.into_iter().find(|category| category.key == key);
    found.map(|one| one.name).ok_or(DeskError::NotFound)
}

/// A number that may be left out.
fn number(fields: &Fields, field: Field) -> Result<Option<i64>, Invalid> {
    let typed = text(fields, field.name()).trim();
    if typed.is_empty() {
        return Ok(None);
    }
    let number = typed.parse().map(Some);
    number.map_err(|_| Invalid::new(field, "Write a whole number, or nothing."))
}

async fn replies(
    desk: &Desk,
    admin: &Admin,
    act: &str,
    of: &str,
    fields: &Fields,
) -> Result<String, Refused> {
    let keep = match act {
        "add" => Keep::New,
        "change" => Keep::InsteadOf(of),
        "remove" => {
            return Ok(match desk.remove_quick_reply(admin, of).await? {
                true => format!("The quick reply {of} is gone."),
                false => "There was no such quick reply any more.".to_owned(),
            });
        }
        _ => return unknown(),
    };
    let (name, body) = (
        text(fields, Field::Name.name()),
        text(fields, Field::Body.name()),
    );
    let name = desk.keep_quick_reply(admin, name, body, keep).await?;
    Ok(format!("The quick reply {name} is kept."))
}

async fn people(
    desk: &Desk,
    admin: &Admin,
    act: &str,
    of: &str,
    fields: &Fields,
) -> Result<String, Refused> {
    match act {
        "add-person" => {
            let id = id(fields, Field::Account, "Write their id: a long number.")?;
            let member = desk.member_of_id(admin, DiscordUserId(id)).await?;
            let name = &member.name;
            Ok(match desk.add_staff(admin, &member).await? {
                true => format!("{name} is staff now, here and in Discord."),
                false => format!("{name} was made staff before."),
            })
        }
        "add-role" => {
            let id = RoleId(id(fields, Field::Role, "Choose a role.")?);
            let roles = desk.roles(admin).await?;
            let Some(role) = roles.into_iter().find(|role| role.id == id) else {
                return Err(Invalid::new(Field::Role, "Choose a role of this server.").into());
            };
            let name = role.name;
            Ok(match desk.add_staff_role(admin, id).await? {
                true => format!("Everyone with @{name} is staff now."),
                false => format!("@{name} is a staff role already."),
            })
        }
        "remove" => {
            let from = match of.split_once(' ') {
                Some(("user", id)) => id.parse().ok().map(Grantee::User),
                Some(("role", id)) => id.parse().ok().map(Grantee::Role),
                _ => None,
            };
            let Some(from) = from else {
                return unknown();
            };
            Ok(match (desk.remove_staff(admin, from).await?, from) {
                (true, Grantee::User(_)) => {
                    "That is taken back. Whoever has a staff role is staff by that.".to_owned()
                }
                (true, Grantee::Role(_)) => "That role makes nobody staff any more.".to_owned(),
                (false, _) => "That was taken back before.".to_owned(),
            })
        }
        _ => unknown(),
    }
}

/// Discord's id in a field.
fn id(fields: &Fields, field: Field, why: &str) -> Result<i64, Invalid> {
    let typed = text(fields, field.name()).trim().parse().ok();
    let id = typed.filter(|id: &i64| *id > 0);
    id.ok_or_else(|| Invalid::new(field, why))
}
