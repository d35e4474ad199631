//! Prints who may use which command, for `docs/COMMANDS.md`.

fn main() {
    print!("{}", desk::commands::matrix());
}
