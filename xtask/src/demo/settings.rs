//! What the stand-in writes into its settings file, read for the server's environment.
//!
//! It knows the file's shape and not what the fields mean.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// What the stand-in tells us to configure the server with.
pub struct Settings(Value);

impl Settings {
    /// Reads the file.
    pub fn read(file: &Path) -> Result<Self> {
        let text =
            fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
        let value = serde_json::from_str(&text)
            .with_context(|| format!("{} is not JSON", file.display()))?;
        Ok(Self(value))
    }

    /// A field's text; ids may be written as numbers.
    pub fn text(&self, field: &str) -> Result<String> {
        match &self.0[field] {
            Value::String(text) => Ok(text.clone()),
            Value::Number(number) => Ok(number.to_string()),
            _ => bail!("the stand-in's settings lack {field}"),
        }
    }

    /// The names of those who are staff, or of those who are not.
    pub fn people(&self, staff: bool) -> String {
        let people = self.0["people"].as_array().into_iter().flatten();
        let chosen = people.filter(|person| person["staff"].as_bool() == Some(staff));
        let names: Vec<&str> = chosen
            .filter_map(|person| person["name"].as_str())
            .collect();
        names.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_may_be_numbers_or_text() {
        let settings = Settings(
            serde_json::json!({"guild_id": 1_234_567_890_123_456_789_u64, "client_id": "42"}),
        );
        assert_eq!(settings.text("guild_id").unwrap(), "1234567890123456789");
        assert_eq!(settings.text("client_id").unwrap(), "42");
        assert!(settings.text("bot_token").is_err());
    }
}
