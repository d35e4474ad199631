//! What is suggested while somebody types a command: tickets, categories, tags, quick replies,
//! settings and their values. Whoever may not use the command is suggested nothing.

use super::asked::Asked;
use super::deeds::{Does, ForAdmin, Who};
use crate::options::{Setting, Shape};
use crate::roster::Freshness;
use crate::store::{commands, ticket_lines};
use crate::{Desk, DeskError};
use domain::text::excerpt;

/// The most that Discord shows.
const MOST: usize = 25;
/// The longest that Discord shows.
const LONGEST: usize = 99;

/// A suggestion: what is read, and what is sent.
pub type Suggestion = (String, String);

impl Desk {
    /// What could be meant by `typed` for an option of the command asked for.
    pub async fn suggest(
        &self,
        asked: &Asked,
        option: &str,
        typed: &str,
    ) -> Result<Vec<Suggestion>, DeskError> {
        if asked.guild != self.discord_id {
            return Ok(Vec::new());
        }
        let member = &asked.member;
        let is_staff = self.counts_as_staff(member.user, &member.roles).await?;
        let may = match asked.act.does.who() {
            Who::Everyone | Who::Owner => true,
            Who::Staff => is_staff,
            Who::Admin => asked.manages_guild,
        };
        if !may {
            return Ok(Vec::new());
        }
        let typed = typed.trim().to_lowercase();
        let plain = |words: Vec<String>| words.into_iter().map(|w| (w.clone(), w)).collect();
        let mut found: Vec<Suggestion> = match option {
            // The database has looked already.
            "ticket" => return self.suggest_tickets(asked, &typed, is_staff).await,
            "category" => {
                let known = self.known_categories();
                let pairs = known.open.iter();
                pairs.map(|c| (c.name.clone(), c.key.clone())).collect()
            }
            "question" => match asked.act.values.text("category") {
                Some(category) => {
                    let asked = self.questions(category).await?;
                    plain(asked.into_iter().map(|question| question.words).collect())
                }
                None => Vec::new(),
            },
            "tag" => plain(commands::known_tags(&self.db.read, self.guild).await?),
            "quick" => {
                let all = commands::quick_replies(&self.db.read, self.guild).await?;
                plain(all.into_iter().map(|quick| quick.name).collect())
            }
            "setting" => Setting::ALL
                .into_iter()
                .map(|s| (format!("{}: {}", s.key(), s.about()), s.key().to_owned()))
                .collect(),
            "value" if asked.act.does == Does::Admin(ForAdmin::Config) => {
                self.suggest_value(asked).await
            }
            _ => Vec::new(),
        };
        found.retain(|(name, value)| {
            let meant =
                name.to_lowercase().contains(&typed) || value.to_lowercase().contains(&typed);
            meant && value.chars().count() <= LONGEST
        });
        found.truncate(MOST);
        for (name, _) in &mut found {
            *name = excerpt(name, LONGEST);
        }
        Ok(found)
    }

    async fn suggest_tickets(
        &self,
        asked: &Asked,
        typed: &str,
        is_staff: bool,
    ) -> Result<Vec<Suggestion>, DeskError> {
        let only = (!is_staff).then_some(asked.member.user);
        let typed = typed.trim_start_matches('#');
        let lines = ticket_lines::tickets_like(&self.db, self.guild, typed, only).await?;
        let named = lines.into_iter().map(|line| {
            let status = match is_staff {
                true => line.status.words(),
                false => line.status.customers_words(),
            };
            let name = format!("#{} {} ({status})", line.number, line.subject);
            (excerpt(&name, LONGEST), line.number.to_string())
        });
        Ok(named.collect())
    }

    async fn suggest_value(&self, asked: &Asked) -> Vec<Suggestion> {
        let setting = asked.act.values.text("setting");
        let Some(setting) = setting.and_then(Setting::from_key) else {
            return Vec::new();
        };
        let options = self.options();
        if options.is_given(setting) {
            return Vec::new();
        }
        let now = options.value(setting);
        let places = self.suggest_places(setting.shape()).await;
        let mut found = Vec::new();
        if let Some(now) = &now {
            // An id says nothing to anybody.
            let place = places.iter().find(|(_, id)| id == now);
            let name = place.map_or(now, |(name, _)| name);
            found.push((format!("{name} (now)"), now.clone()));
        }
        found.push(("the default".to_owned(), "default".to_owned()));
        found.extend(
            places
                .into_iter()
                .filter(|(_, id)| Some(id) != now.as_ref()),
        );
        if let Shape::Number { min, max } = setting.shape() {
            found.push((format!("{min} (the least)"), min.to_string()));
            found.push((format!("{max} (the most)"), max.to_string()));
        }
        if let Shape::Choice(choices) = setting.shape() {
            let others = choices
                .iter()
                .filter(|(key, _)| Some(*key) != now.as_deref());
            found.extend(others.map(|(key, about)| (format!("{key}: {about}"), (*key).to_owned())));
        }
        found
    }

    /// The guild's channels or roles, where one of them is to be chosen. Where Discord does not tell
    /// them, an id or a mention can still be typed.
    async fn suggest_places(&self, shape: Shape) -> Vec<Suggestion> {
        match shape {
            Shape::Channel => {
                let known = self.known_channels().await.unwrap_or_default();
                let named = known
                    .iter()
                    .map(|c| (format!("#{}", c.name), c.id.to_string()));
                named.collect()
            }
            Shape::Role => match self.powers(Freshness::Fresh).await {
                Ok(powers) => {
                    let roles = powers.roles.iter();
                    // Everyone's role has the guild's own id, and makes nobody staff.
                    let roles = roles.filter(|role| role.id.0 != self.discord_id.0);
                    roles
                        .map(|role| (format!("@{}", role.name), role.id.to_string()))
                        .collect()
                }
                Err(_) => Vec::new(),
            },
            _ => Vec::new(),
        }
    }
}
