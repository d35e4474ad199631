//! Steps of the desk's that wait for Discord, and what they come to.

use connector::Answer;
use desk::DeskError;
use desk::bridge::Step;
use futures::future::LocalBoxFuture;

/// The name of a step of the outbox.
pub const OUTBOX: &str = "outbox";
/// The name of a step that fetches a file.
pub const FETCH: &str = "fetch";
/// The name of a step that counts the active threads.
pub const COUNT: &str = "count";

/// What a step came to.
#[derive(Debug)]
pub enum Came {
    /// An outbox step.
    Step(Result<Step, DeskError>),
    /// A thread was read, or not.
    Read(Result<Option<bool>, DeskError>),
    /// A fact was taken in, or not.
    Taken(Result<(), DeskError>),
    /// The active threads were counted, and some are to make room.
    Counted(Result<usize, DeskError>),
}

/// Something that waits for Discord.
pub struct Job {
    /// What it is, for the trace.
    pub name: String,
    /// The request that it waits for.
    pub request: u64,
    /// What Discord answered already, if it did.
    pub held: Option<Option<Answer>>,
    /// It holds a thread's lane: no other such thing may begin.
    pub reads: bool,
    /// What is left of it.
    pub future: LocalBoxFuture<'static, Result<Came, Box<dyn std::any::Any + Send>>>,
}

impl Came {
    /// For the trace.
    pub fn words(&self) -> String {
        match self {
            Self::Step(Ok(step)) => format!("{step:?}"),
            Self::Read(Ok(read)) => format!("{read:?}"),
            Self::Taken(Ok(())) => "taken".to_owned(),
            Self::Counted(Ok(made)) => format!("{made} make room"),
            Self::Step(Err(error))
            | Self::Read(Err(error))
            | Self::Taken(Err(error))
            | Self::Counted(Err(error)) => format!("ERROR {error}"),
        }
    }
}
