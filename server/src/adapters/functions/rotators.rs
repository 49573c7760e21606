//! The functions that come with the server: its own executable, started as a rotator.

use strongroom_lambda::BuiltIn;
use strongroom_lambda::runner::Launch;
use strongroom_rotators::NAMES;
use strongroom_sandbox::Blueprint;

/// All of them.
pub const ROTATORS: &[BuiltIn] = &all();

/// Where an instance sees the executable.
const PROGRAM: &str = "/var/rotator";

/// Has an instance run the function `launch`, of which there is no code. Behind a wall it sees the
/// executable and nothing else of the folder that holds it.
///
/// # Errors
/// It is not known where the server's own executable is.
pub fn enter(blueprint: &mut Blueprint, launch: &Launch, is_walled: bool) -> Result<(), String> {
    let own = std::env::current_exe()
        .map_err(|cause| format!("the server's own executable cannot be found: {cause}"))?;
    let program = if is_walled {
        blueprint.lent.push((own, PROGRAM.to_owned()));
        PROGRAM.to_owned()
    } else {
        own.to_string_lossy().into_owned()
    };
    let words = [program.as_str(), "rotator", "--name", launch.name.as_str()];
    blueprint.command = words.map(str::to_owned).into();
    Ok(())
}

const fn all() -> [BuiltIn; NAMES.len()] {
    let mut all = [BuiltIn { name: "", description: "" }; NAMES.len()];
    let mut at = 0;
    while at < NAMES.len() {
        all[at] = BuiltIn { name: NAMES[at].name, description: NAMES[at].description };
        at += 1;
    }
    all
}
