//! When somebody is there to answer: read from what an admin typed, and told for a moment.
//!
//! The notation is OpenStreetMap's `opening_hours`, the zone one of the IANA database; both are a
//! library's. Whether a ticket is taken outside the hours is not decided here: it is.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::Timestamp;
use domain::view::HoursView;
use opening_hours::localization::TzLocation;
use opening_hours::{Context, OpeningHours as Expression};

/// The longest that an admin may type: more, nobody reads.
const LONGEST: usize = 100;

/// The hours in what an admin typed, or a sentence that says what they must be.
pub(crate) fn read_hours(typed: &str) -> Result<String, String> {
    let fits = typed.chars().count() <= LONGEST && !typed.contains(char::is_control);
    match typed.parse::<Expression>() {
        Ok(_) if fits => Ok(typed.to_owned()),
        _ => Err(format!(
            "opening_hours are written like Mo-Fr 09:00-17:00; Sa 10:00-14:00, in at most {LONGEST} \
             characters."
        )),
    }
}

/// The zone of this name, however its letters are written.
pub(crate) fn read_zone(typed: &str) -> Result<String, String> {
    Tz::from_str_insensitive(typed)
        .map(|zone| zone.name().to_owned())
        .map_err(|_| "time_zone is a name like Europe/Berlin or UTC.".to_owned())
}

/// Opening hours in a zone.
pub(crate) struct OpeningHours {
    words: String,
    zone: Tz,
    hours: Expression<TzLocation<Tz>>,
}

impl OpeningHours {
    /// What [`read_hours`] and [`read_zone`] let through.
    pub(crate) fn read(hours: &str, zone: &str) -> Result<Self, String> {
        let expression: Expression = hours.parse().map_err(|_| "no opening hours".to_owned())?;
        let zone = Tz::from_str_insensitive(zone).map_err(|_| "no time zone".to_owned())?;
        let context = Context::default().with_locale(TzLocation::new(zone));
        Ok(Self {
            words: format!("{hours} ({zone})"),
            zone,
            hours: expression.with_context(context),
        })
    }

    /// How they are at a moment.
    pub(crate) fn at(&self, now: Timestamp) -> HoursView {
        let moment = DateTime::<Utc>::from_timestamp_millis(now.millis()).unwrap_or_default();
        let here = moment.with_timezone(&self.zone);
        let is_open = self.hours.is_open(here);
        let opens = (!is_open)
            .then(|| {
                let mut ranges = self.hours.iter_from(here);
                ranges.find(|range| range.kind == opening_hours::RuleKind::Open)
            })
            .flatten()
            .map(|range| range.range.start);
        HoursView {
            hours: self.words.clone(),
            is_open,
            opens: opens.map(
                |at| match (at.date_naive() - here.date_naive()).num_days() {
                    0 => at.format("today at %H:%M").to_string(),
                    1 => at.format("tomorrow at %H:%M").to_string(),
                    2..=6 => at.format("on %A at %H:%M").to_string(),
                    _ => at.format("on %-d %B at %H:%M").to_string(),
                },
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: &str, zone: &str, moment: &str) -> HoursView {
        let moment = DateTime::parse_from_rfc3339(moment).unwrap();
        OpeningHours::read(hours, zone)
            .unwrap()
            .at(Timestamp::from_millis(moment.timestamp_millis()))
    }

    #[test]
    fn it_is_open_by_the_clocks_of_its_zone() {
        let week = "Mo-Fr 09:00-17:00";
        // A Friday. Berlin is two hours ahead in summer, one in winter.
        let summer = |time: &str| at(week, "Europe/Berlin", &format!("2026-06-19T{time}:00Z"));
        assert!(!summer("06:59").is_open);
        assert!(summer("07:00").is_open && summer("14:59").is_open);
        assert!(!summer("15:00").is_open);
        assert!(!at(week, "Europe/Berlin", "2026-12-18T07:30:00Z").is_open);
        assert!(at(week, "Europe/Berlin", "2026-12-18T08:00:00Z").is_open);
    }

    #[test]
    fn it_says_when_it_opens_again() {
        let week = "Mo-Fr 09:00-17:00";
        let opens = |moment| at(week, "UTC", moment).opens.unwrap();
        assert_eq!(opens("2026-11-20T06:00:00Z"), "today at 09:00");
        assert_eq!(opens("2026-11-19T18:00:00Z"), "tomorrow at 09:00");
        assert_eq!(opens("2026-11-20T18:00:00Z"), "on Monday at 09:00");
        let summer = at("Jun-Aug 09:00-17:00", "UTC", "2026-11-20T18:00:00Z");
        assert_eq!(summer.opens.unwrap(), "on 1 June at 09:00");
        assert_eq!(at(week, "UTC", "2026-11-20T12:00:00Z").opens, None);
        assert_eq!(at("off", "UTC", "2026-11-20T12:00:00Z").opens, None);
    }

    #[test]
    fn an_hour_that_the_clocks_skip_is_survived() {
        let night = at("Mo-Su 02:30-03:30", "Europe/Berlin", "2026-03-29T00:50:00Z");
        assert!(!night.is_open && night.opens.is_some());
    }
}
