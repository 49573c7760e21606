//! Everything that can be set.

use std::fmt::Write as _;

use crate::complaint::Complaint;
use crate::reference::WRITTEN;
use crate::reference::source::Source;
use crate::repository::Repository;

const SOURCE: &str = "server/src/settings.rs";

/// The page.
///
/// # Errors
/// When the table of settings cannot be found.
pub fn page(repository: &Repository) -> Result<String, Complaint> {
    let source = Source::read(repository, SOURCE)?;
    let mut page = format!(
        "# Configuration\n\n{WRITTEN}\n\
         A setting is given as a flag, in the environment, or in the TOML file that `--config` (or \
         `STRONGROOM_CONFIG`) names; the first of these that has it wins. The flag of `data_dir` is \
         `--data-dir`, its variable `STRONGROOM_DATA_DIR`. A setting without a value is a switch.\n\n\
         | Key | Value | Default | What it is |\n| --- | --- | --- | --- |\n"
    );
    let mut count = 0;
    for row in source.rows.iter().filter(|row| row.function.as_deref() == Some("setting")) {
        let [key, value, default, help] = &row.texts[..] else {
            return Err(Complaint::new(SOURCE, "a setting that is not four texts"));
        };
        let (value, default) = (code(value), code(default));
        let _infallible =
            writeln!(page, "| `{key}` | {value} | {default} | {} |", help.replace('<', "\\<"));
        count += 1;
    }
    if count == 0 { Err(Complaint::new(SOURCE, "no settings were found")) } else { Ok(page) }
}

fn code(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("`{text}`") }
}
