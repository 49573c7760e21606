//! Every figure that Prometheus can read.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::complaint::Complaint;
use crate::reference::WRITTEN;
use crate::reference::source::Source;
use crate::repository::Repository;

/// Where figures are named: as `# HELP` lines, or as rows of a name and a sentence.
const SOURCES: &[&str] = &["server/src/metrics.rs", "server/src/exporter.rs"];

/// The page.
///
/// # Errors
/// When no figure can be found.
pub fn page(repository: &Repository) -> Result<String, Complaint> {
    let mut figures = BTreeMap::new();
    for path in SOURCES {
        let source = Source::read(repository, path)?;
        let whole = source.texts.iter().flat_map(|text| text.lines());
        let whole = whole.filter_map(|line| line.strip_prefix("# HELP strongroom_"));
        let whole = whole.filter_map(|line| line.split_once(' '));
        figures.extend(whole.filter(|(name, _)| is_name(name)).map(owned));
        let rows = source.rows.iter().filter(|row| row.function.is_none());
        let rows = rows.filter_map(|row| match &row.texts[..] {
            [name, help] if is_name(name) && help.ends_with('.') => Some((&**name, &**help)),
            _ => None,
        });
        figures.extend(rows.map(owned));
    }
    if figures.is_empty() {
        return Err(Complaint::new(SOURCES[0], "no figures were found"));
    }
    let mut page = format!(
        "# Metrics\n\n{WRITTEN}\n\
         Served in Prometheus' text format at `/_strongroom/metrics` of the address that \
         `metrics_listen` names, and nowhere by default. Requests are counted by service, operation \
         and error code (`OK` when there was none); what could not be recognised counts as `-`.\n\n\
         | Name | What it counts |\n| --- | --- |\n"
    );
    for (name, help) in figures {
        let _infallible = writeln!(page, "| `strongroom_{name}` | {help} |");
    }
    Ok(page)
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
}

fn owned((name, help): (&str, &str)) -> (String, String) {
    (name.to_owned(), help.to_owned())
}
