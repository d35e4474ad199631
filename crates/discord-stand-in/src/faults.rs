//! Faults to order: what goes wrong, on which route or event, how often.
//! It chooses; the pipeline of `rest` and the delivery of `hub` carry the choice out.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One fault. `route` for one of REST, `event` for one of the events, `gateway` for one of the connection.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Fault {
    /// `METHOD /path/{with}/holes`, or `*`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
    /// The name of a gateway event, or `*`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// `HELLO`, `IDENTIFY` or `RESUME`: where the gateway is to misbehave.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gateway: Option<String>,
    /// What goes wrong; `GET /stand-in/faults/known` lists all of it.
    pub action: String,
    /// The status to answer with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The body to answer with: text as it is, anything else as JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// For `status`: execute the request all the same.
    pub after: bool,
    /// Seconds, for `rate_limited`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<f64>,
    /// For `rate_limited`: the global limit.
    pub global: bool,
    /// For `rate_limited`: `user`, `shared` or `global`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// For `rate_limited`: without the headers that tell of the limit.
    pub bare: bool,
    /// For `replay`: how many events that were seen come again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// For `slow`, `slow_headers`, `slow_body`, `delay` and `before_response`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay_ms: Option<u64>,
    /// How often it strikes; 0 means until it is cleared, absent means once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    /// How likely it strikes, from 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// What its dice start from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
}

/// The faults that are ordered, and how far each has come.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    list: Vec<Armed>,
}

#[derive(Debug)]
struct Armed {
    fault: Fault,
    struck: u32,
    dice: u64,
}

impl Faults {
    /// Replaces all faults.
    pub(crate) fn set(&mut self, list: Vec<Fault>) {
        let arm = |fault: Fault| Armed {
            dice: fault.seed.unwrap_or(1).max(1),
            fault,
            struck: 0,
        };
        self.list = list.into_iter().map(arm).collect();
    }

    /// The faults that may still strike.
    pub(crate) fn list(&self) -> Vec<Fault> {
        self.list
            .iter()
            .filter(|armed| !armed.is_spent())
            .map(|armed| armed.fault.clone())
            .collect()
    }

    /// The fault that strikes this request, if any.
    pub(crate) fn on_request(&mut self, method: &str, path: &[&str]) -> Option<Fault> {
        self.strike(|fault| {
            fault
                .route
                .as_deref()
                .is_some_and(|route| route_fits(route, method, path))
        })
    }

    /// The fault that strikes this event, if any.
    pub(crate) fn on_event(&mut self, name: &str) -> Option<Fault> {
        self.strike(|fault| {
            let event = fault.event.as_deref();
            fault.action != "before_response"
                && event.is_some_and(|event| event == "*" || event == name)
        })
    }

    /// The fault that strikes this step of a connection, if any.
    pub(crate) fn on_gateway(&mut self, name: &str) -> Option<Fault> {
        self.strike(|fault| fault.gateway.as_deref() == Some(name))
    }

    /// How long the response is to wait so that its event comes first.
    pub(crate) fn response_delay_ms(&mut self, events: &[&'static str]) -> Option<u64> {
        let struck = self.strike(|fault| {
            let event = fault.event.as_deref();
            let fits = event.is_some_and(|event| {
                (event == "*" && !events.is_empty()) || events.contains(&event)
            });
            fault.action == "before_response" && fits
        });
        struck.map(|fault| fault.delay_ms.unwrap_or(100))
    }

    /// Whether nothing is ordered, so that nobody need look.
    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    fn strike(&mut self, fits: impl Fn(&Fault) -> bool) -> Option<Fault> {
        for armed in &mut self.list {
            if armed.is_spent() || !fits(&armed.fault) || !armed.roll() {
                continue;
            }
            armed.struck += 1;
            return Some(armed.fault.clone());
        }
        None
    }
}

impl Armed {
    fn is_spent(&self) -> bool {
        let times = self.fault.times.unwrap_or(1);
        times != 0 && self.struck >= times
    }

    /// Rolls the dice: a xorshift, so that a seed gives the same run each time.
    fn roll(&mut self) -> bool {
        let Some(probability) = self.fault.probability else {
            return true;
        };
        self.dice ^= self.dice << 13;
        self.dice ^= self.dice >> 7;
        self.dice ^= self.dice << 17;
        let share = u32::try_from(self.dice >> 40).unwrap_or(0);
        f64::from(share) / f64::from(1_u32 << 24) < probability
    }
}

fn route_fits(route: &str, method: &str, path: &[&str]) -> bool {
    if route == "*" {
        return true;
    }
    let (wanted, template) = route.split_once(' ').unwrap_or(("*", route));
    if wanted != "*" && !wanted.eq_ignore_ascii_case(method) {
        return false;
    }
    let steps: Vec<&str> = template
        .split('/')
        .filter(|step| !step.is_empty())
        .collect();
    let open_ended = steps.last() == Some(&"*");
    let steps = if open_ended {
        &steps[..steps.len() - 1]
    } else {
        &steps[..]
    };
    let long_enough = if open_ended {
        path.len() >= steps.len()
    } else {
        path.len() == steps.len()
    };
    long_enough
        && steps
            .iter()
            .zip(path)
            .all(|(step, given)| (step.starts_with('{') && step.ends_with('}')) || step == given)
}
