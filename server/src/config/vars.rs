//! Where settings come from: the process's environment, and `.env` for what that leaves out.
//!
//! It gathers names and values and judges none of them.

use super::Problems;
use std::collections::BTreeMap;

/// When set, `.env` is left alone; tests and the demo must not pick up a developer's settings.
pub const NO_DOTENV: &str = "THREADLINE_NO_DOTENV";

/// Names and values.
pub type Vars = BTreeMap<String, String>;

/// The environment, completed from `.env` in the working folder or above it.
pub fn gather() -> Result<Vars, Problems> {
    let environment: Vars = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect();
    let mut vars = if environment.contains_key(NO_DOTENV) {
        Vars::new()
    } else {
        from_file()?
    };
    vars.extend(environment);
    Ok(vars)
}

fn from_file() -> Result<Vars, Problems> {
    let lines = match dotenvy::dotenv_iter() {
        Ok(lines) => lines,
        Err(error) if error.not_found() => return Ok(Vars::new()),
        Err(error) => return Err(Problems::one(".env", refused(None, &error))),
    };
    let mut vars = Vars::new();
    let mut last = None;
    for line in lines {
        let (name, value) =
            line.map_err(|error| Problems::one(".env", refused(last.as_deref(), &error)))?;
        last = Some(name.clone());
        vars.insert(name, value);
    }
    Ok(vars)
}

/// What is wrong with the file, without quoting the line: it may hold a secret.
fn refused(after: Option<&str>, error: &dotenvy::Error) -> String {
    match (error, after) {
        (dotenvy::Error::Io(io), _) => {
            format!(
                "cannot be read ({}). Check its owner and its access rights.",
                io.kind()
            )
        }
        (_, Some(name)) => format!(
            "has a line after {name} that is not NAME=value. Put a value with spaces or # in \
             quotes."
        ),
        (_, None) => "begins with a line that is not NAME=value. Put a value with spaces or # in \
                      quotes."
            .to_owned(),
    }
}
