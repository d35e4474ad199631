//! What those who manage the guild do inside Discord: the panel, who is staff, the settings.

use super::answer::{Answer, Say};
use super::asked::Asked;
use super::deeds::ForAdmin;
use super::everyone::body_of;
use super::table::QUICK_NAME_MAX;
use super::{conflict, given, listing};
use crate::bridge::{Nonce, Post, RemoteMember, escape};
use crate::options::{MAINTENANCE, Setting, Shape};
use crate::store::commands::{self, Grantee};
use crate::{Admin, Desk, DeskError};
use domain::text::excerpt;
use domain::{ChannelId, RoleId, ThreadId};

impl Desk {
    pub(super) async fn for_admin(
        &self,
        what: ForAdmin,
        asked: &Asked,
        admin: &Admin,
    ) -> Result<Answer, DeskError> {
        let values = &asked.act.values;
        match what {
            ForAdmin::Setup => self.set_up(asked, admin).await,
            ForAdmin::SetUpStep => self.set_up_step(asked, admin).await,
            ForAdmin::AddStaff | ForAdmin::RemoveStaff => {
                let member = given(values.user("user"))?;
                self.change_staff(member, what == ForAdmin::AddStaff).await
            }
            ForAdmin::AddStaffRole | ForAdmin::RemoveStaffRole => {
                let role = given(values.role("role"))?;
                self.change_staff_role(role, what == ForAdmin::AddStaffRole)
                    .await
            }
            ForAdmin::Stats | ForAdmin::Dashboard | ForAdmin::Doctor => {
                self.records_for_admin(what, asked, admin).await
            }
            ForAdmin::ShowForm
            | ForAdmin::AskQuestion
            | ForAdmin::RemoveQuestion
            | ForAdmin::AddCategory
            | ForAdmin::RemoveCategory => self.forms_for_admin(what, asked, admin).await,
            ForAdmin::ListStaff => self.list_staff().await,
            ForAdmin::Config => self.config(asked).await,
            ForAdmin::SetQuickReply => {
                let name = given(values.text("name"))?.to_lowercase();
                let fits = name.chars().count() <= usize::from(QUICK_NAME_MAX);
                if !fits || name.contains(char::is_control) {
                    return conflict(format!(
                        "A quick reply's name has at most {QUICK_NAME_MAX} characters."
                    ));
                }
                let body = body_of(given(values.text("text"))?)?;
                let work = self.work().await?;
                commands::set_quick_reply(&work.tx, self.guild, &name, body.as_str()).await?;
                work.commit().await?;
                Ok(format!("/reply quick: {} says it now.", escape(&name)).into())
            }
            ForAdmin::RemoveQuickReply => {
                let name = given(values.text("quick"))?.to_lowercase();
                let work = self.work().await?;
                let gone = commands::remove_quick_reply(&work.tx, self.guild, &name).await?;
                work.commit().await?;
                Ok(match gone {
                    true => format!("The quick reply {} is gone.", escape(&name)).into(),
                    false => "There is no such quick reply.".into(),
                })
            }
            ForAdmin::ListQuickReplies => {
                let names = commands::quick_replies(&self.db.read, self.guild).await?;
                Ok(match names.is_empty() {
                    true => "There are no quick replies. /quickreply set makes one.".into(),
                    false => Answer::Say(Say {
                        words: "Quick replies:".to_owned(),
                        detail: Some(excerpt(&escape(&names.join(", ")), 4_000)),
                        menu: None,
                    }),
                })
            }
            ForAdmin::Maintenance => {
                let on = given(values.text("state"))? == "on";
                let message = values.text("message").unwrap_or(MAINTENANCE);
                let value = match Setting::Maintenance.read(message) {
                    Ok(value) => value,
                    Err(why) => return conflict(why),
                };
                self.set_option(Setting::Maintenance, on.then_some(value.as_str()))
                    .await?;
                Ok(match on {
                    true => format!("New tickets are paused, here and on the web: {value}").into(),
                    false => "New tickets are taken again.".into(),
                })
            }
        }
    }

    /// The panel is posted at once, so that the one who asked hears of it. Nothing of ours hangs on
    /// it: its buttons work wherever it is.
    pub(super) async fn post_panel(
        &self,
        asked: &Asked,
        _admin: &Admin,
    ) -> Result<Answer, DeskError> {
        let values = &asked.act.values;
        let channel = match values.channel("channel") {
            Some(channel) => channel,
            None if asked.in_thread => {
                return conflict("Say in which channel: a panel in a thread would go with it.");
            }
            None => ChannelId(asked.channel.0),
        };
        self.owns(channel).await?;
        if let Some(title) = values.text("title") {
            match Setting::PanelTitle.read(title) {
                Ok(title) => self.set_option(Setting::PanelTitle, Some(&title)).await?,
                Err(why) => return conflict(why),
            }
        }
        let options = self.options();
        let mut words = options.value(Setting::PanelText).unwrap_or_default();
        if let Some(hours) = self.hours_now() {
            words.push_str(&format!("\n\nWe are here {}.", escape(&hours.hours)));
        }
        let panel = Post::Panel {
            title: options.value(Setting::PanelTitle).unwrap_or_default(),
            words,
        };
        let nonce = Nonce(asked.key().nonce());
        if let Err(error) = self.port.post(ThreadId(channel.0), &nonce, &panel).await {
            tracing::info!(%error, discord.channel_id = channel.0, "A panel could not be posted");
            return conflict(format!("The panel could not be posted. {}", error.reason()));
        }
        let value = channel.to_string();
        self.set_option(Setting::PanelChannel, Some(&value)).await?;
        Ok(format!(
            "The panel is in <#{channel}>, and tickets from Discord get their threads there."
        )
        .into())
    }

    async fn change_staff(&self, member: &RemoteMember, add: bool) -> Result<Answer, DeskError> {
        let name = escape(&member.name);
        if member.bot {
            return conflict("Bots are no staff.");
        }
        let to = Grantee::User(member.user);
        let work = self.work().await?;
        let changed = match add {
            true => commands::grant(&work.tx, self.guild, to).await?,
            false => commands::revoke(&work.tx, self.guild, to).await?,
        };
        work.commit().await?;
        let by_role = member.roles.contains(&self.home().staff_role);
        Ok(match (add, changed) {
            (true, true) => format!("{name} is staff now, here and on the dashboard."),
            (true, false) => format!("{name} was made staff before."),
            (false, true) if by_role => {
                format!("That is taken back; {name} is still staff by the staff role.")
            }
            (false, true) => format!("{name} is staff no more, unless by a role."),
            (false, false) => format!("/addstaff never made {name} staff."),
        }
        .into())
    }

    async fn change_staff_role(&self, role: RoleId, add: bool) -> Result<Answer, DeskError> {
        // @everyone has the guild's own id.
        if role.0 == self.discord_id.0 {
            return conflict("Everyone has that role: nobody would be a customer any more.");
        }
        if role == self.home().staff_role {
            return conflict("That is the staff role itself; /config staff_role sets it.");
        }
        let to = Grantee::Role(role);
        let work = self.work().await?;
        let changed = match add {
            true => commands::grant(&work.tx, self.guild, to).await?,
            false => commands::revoke(&work.tx, self.guild, to).await?,
        };
        work.commit().await?;
        Ok(match (add, changed) {
            (true, true) => format!("Everyone with <@&{role}> is staff now."),
            (true, false) => format!("<@&{role}> is a staff role already."),
            (false, true) => format!("<@&{role}> makes nobody staff any more."),
            (false, false) => format!("<@&{role}> was no staff role."),
        }
        .into())
    }

    async fn list_staff(&self) -> Result<Answer, DeskError> {
        let role = self.home().staff_role;
        let mut lines = vec![format!("Everyone with <@&{role}> (the staff role)")];
        for grant in commands::grants(&self.db.read, self.guild).await? {
            lines.push(match grant {
                Grantee::User(user) => format!("<@{user}>"),
                Grantee::Role(role) => format!("Everyone with <@&{role}>"),
            });
        }
        Ok(Answer::Say(Say {
            words: "Staff:".to_owned(),
            detail: Some(listing::lines(&lines)),
            menu: None,
        }))
    }

    async fn config(&self, asked: &Asked) -> Result<Answer, DeskError> {
        let values = &asked.act.values;
        let Some(typed) = values.text("setting") else {
            let options = self.options();
            let lines: Vec<String> = Setting::ALL
                .into_iter()
                .map(|setting| {
                    let value = shown(setting, options.value(setting));
                    let set = match (options.is_given(setting), options.is_set(setting)) {
                        (true, _) => given_by(setting),
                        (false, true) => String::new(),
                        (false, false) => " (default)".to_owned(),
                    };
                    format!("`{}` {value}{set}\n-# {}", setting.key(), setting.about())
                })
                .collect();
            return Ok(Answer::Say(Say {
                words: "The settings of this desk:".to_owned(),
                detail: Some(lines.join("\n")),
                menu: None,
            }));
        };
        let Some(setting) = Setting::from_key(typed) else {
            return conflict("There is no such setting. Choose one of those suggested.");
        };
        let key = setting.key();
        let typed = values.text("value");
        if let (Some(variable), Some(_)) = (setting.variable(), typed)
            && self.options().is_given(setting)
        {
            return conflict(format!(
                "`{key}` is decided by {variable} where Threadline runs, which wins over what is \
                 said here. Change it there."
            ));
        }
        match typed {
            None => {
                let value = shown(setting, self.options().value(setting));
                Ok(format!("`{key}` is {value}. {}.", setting.about()).into())
            }
            Some("default") => {
                self.set_option(setting, None).await?;
                let value = shown(setting, self.options().value(setting));
                Ok(format!("`{key}` is back to {value}.").into())
            }
            Some(typed) => {
                let value = match setting.read(typed) {
                    Ok(value) => value,
                    Err(why) => return conflict(why),
                };
                // @everyone has the guild's own id.
                if setting.shape() == Shape::Role && value == self.discord_id.to_string() {
                    return conflict(
                        "Everyone has that role: nobody would be a customer any more.",
                    );
                }
                if setting.shape() == Shape::Channel {
                    self.owns(commands::channel_in(&value).unwrap_or(ChannelId(0)))
                        .await?;
                }
                self.set_option(setting, Some(&value)).await?;
                Ok(format!("`{key}` is {} now.", shown(setting, Some(value))).into())
            }
        }
    }
}

pub(super) fn given_by(setting: Setting) -> String {
    format!(" (by {})", setting.variable().unwrap_or_default())
}

pub(super) fn shown(setting: Setting, value: Option<String>) -> String {
    match (value, setting.shape()) {
        (None, _) => "not set".to_owned(),
        (Some(id), Shape::Channel) => format!("<#{id}>"),
        (Some(id), Shape::Role) => format!("<@&{id}>"),
        (Some(text), Shape::Text { .. } | Shape::Hours) => format!("“{}”", escape(&text)),
        (Some(plain), Shape::Number { .. } | Shape::Zone | Shape::Choice(_)) => plain,
    }
}
