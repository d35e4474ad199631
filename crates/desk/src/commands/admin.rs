//! What those who manage the guild do inside Discord: the panel, who is staff, the settings.

use super::answer::{Answer, Say};
use super::asked::Asked;
use super::deeds::ForAdmin;
use super::{conflict, given, listing};
use crate::bridge::{Nonce, RemoteMember, escape};
use crate::options::{MAINTENANCE, Setting, Shape};
use crate::quick_replies::Keep;
use crate::staffing::Grantee;
use crate::store::panels;
use crate::{Admin, Desk, DeskError};
use domain::text::excerpt;
use domain::{ChannelId, RoleId};

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
                self.change_staff(admin, member, what == ForAdmin::AddStaff)
                    .await
            }
            ForAdmin::AddStaffRole | ForAdmin::RemoveStaffRole => {
                let role = given(values.role("role"))?;
                self.change_staff_role(admin, role, what == ForAdmin::AddStaffRole)
                    .await
            }
            ForAdmin::Stats | ForAdmin::Dashboard | ForAdmin::Doctor => {
                self.records_for_admin(what, asked, admin).await
            }
            ForAdmin::ShowForm
            | ForAdmin::AskQuestion
            | ForAdmin::RemoveQuestion
            | ForAdmin::AddCategory
            | ForAdmin::RewordCategory
            | ForAdmin::RemoveCategory => self.forms_for_admin(what, asked, admin).await,
            ForAdmin::ListStaff => self.list_staff(admin).await,
            ForAdmin::Config => self.config(asked, admin).await,
            ForAdmin::SetQuickReply => {
                let (name, text) = (given(values.text("name"))?, given(values.text("text"))?);
                let name = self.keep_quick_reply(admin, name, text, Keep::Over).await?;
                Ok(format!("/reply quick: {} says it now.", escape(&name)).into())
            }
            ForAdmin::RemoveQuickReply => {
                let name = given(values.text("quick"))?;
                Ok(match self.remove_quick_reply(admin, name).await? {
                    true => format!("The quick reply {} is gone.", escape(name)).into(),
                    false => "There is no such quick reply.".into(),
                })
            }
            ForAdmin::ListQuickReplies => {
                let all = self.quick_replies(admin).await?;
                let names: Vec<_> = all.into_iter().map(|quick| quick.name).collect();
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
                let decision = self
                    .decide(admin, Setting::Maintenance, on.then_some(message))
                    .await?;
                self.adopt(admin, vec![decision]).await?;
                let message = message.trim();
                Ok(match on {
                    true => {
                        format!("New tickets are paused, here and on the web: {message}").into()
                    }
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
        admin: &Admin,
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
            let decision = self.decide(admin, Setting::PanelTitle, Some(title)).await?;
            self.adopt(admin, vec![decision]).await?;
        }
        let nonce = Nonce(asked.key().nonce());
        if let Err(error) = self.show_panel(channel, &nonce).await? {
            tracing::info!(%error, discord.channel_id = channel.0, "A panel could not be posted");
            return conflict(format!("The panel could not be posted. {}", error.reason()));
        }
        let value = channel.to_string();
        self.set_option(Setting::PanelChannel, Some(&value)).await?;
        Ok(format!(
            "The panel is in <#{channel}>, and tickets from Discord get their threads there. Its \
             words follow the settings panel_title, panel_text and opening_hours."
        )
        .into())
    }

    async fn change_staff(
        &self,
        admin: &Admin,
        member: &RemoteMember,
        add: bool,
    ) -> Result<Answer, DeskError> {
        let name = escape(&member.name);
        let changed = match add {
            true => self.add_staff(admin, member).await?,
            false => self.remove_staff(admin, Grantee::User(member.user)).await?,
        };
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

    async fn change_staff_role(
        &self,
        admin: &Admin,
        role: RoleId,
        add: bool,
    ) -> Result<Answer, DeskError> {
        let changed = match add {
            true => self.add_staff_role(admin, role).await?,
            false => self.remove_staff(admin, Grantee::Role(role)).await?,
        };
        Ok(match (add, changed) {
            (true, true) => format!("Everyone with <@&{role}> is staff now."),
            (true, false) => format!("<@&{role}> is a staff role already."),
            (false, true) => format!("<@&{role}> makes nobody staff any more."),
            (false, false) => format!("<@&{role}> was no staff role."),
        }
        .into())
    }

    async fn list_staff(&self, admin: &Admin) -> Result<Answer, DeskError> {
        let role = self.home().staff_role;
        let staffing = self.staffing(admin).await?;
        let mut lines = vec![match role {
            RoleId(0) => "No staff role is chosen yet: /setup does that".to_owned(),
            role => format!("Everyone with <@&{role}> (the staff role)"),
        }];
        let roles = staffing.roles.iter();
        lines.extend(roles.map(|role| format!("Everyone with <@&{role}>")));
        lines.extend(staffing.people.iter().map(|(user, _)| format!("<@{user}>")));
        Ok(Answer::Say(Say {
            words: "Staff:".to_owned(),
            detail: Some(listing::lines(&lines)),
            menu: None,
        }))
    }

    async fn config(&self, asked: &Asked, admin: &Admin) -> Result<Answer, DeskError> {
        let values = &asked.act.values;
        let Some(typed) = values.text("setting") else {
            let options = self.options();
            let mut lines: Vec<String> = Setting::ALL
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
            lines.push(self.decided_on_the_web());
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
        let Some(typed) = typed else {
            let value = shown(setting, self.options().value(setting));
            return Ok(format!("`{key}` is {value}. {}.", setting.about()).into());
        };
        let is_reset = typed == "default";
        let decision = self
            .decide(admin, setting, Some(typed).filter(|_| !is_reset))
            .await?;
        self.adopt(admin, vec![decision]).await?;
        let value = shown(setting, self.options().value(setting));
        let panel = self.what_the_panel_says(setting).await?;
        Ok(match is_reset {
            true => format!("`{key}` is back to {value}.{panel}").into(),
            false => format!("`{key}` is {value} now.{panel}").into(),
        })
    }

    /// The way to what takes more than a value: pages for it are on the dashboard.
    fn decided_on_the_web(&self) -> String {
        let base = self.staff_base();
        let address = match self.guild_name().slug {
            Some(slug) => format!("Web address: {}/g/{slug}\n", self.public_url),
            None => String::new(),
        };
        format!(
            "{address}[The address, categories, forms and quick replies on the web]\
             (<{base}/staff/settings>)"
        )
    }

    /// What is to be known of a panel that is posted already.
    async fn what_the_panel_says(&self, setting: Setting) -> Result<String, DeskError> {
        let stands_on_it = matches!(
            setting,
            Setting::PanelTitle | Setting::PanelText | Setting::OpeningHours | Setting::TimeZone
        );
        let Some(channel) = self.options().panel_channel().filter(|_| stands_on_it) else {
            return Ok(String::new());
        };
        // Which message it is was not kept at first.
        Ok(match panels::of(&self.db, self.guild).await? {
            Some(panel) => format!(" The panel in <#{}> says so in a moment.", panel.channel_id),
            None => format!(" The panel in <#{channel}> says so once /setup posts it anew."),
        })
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
