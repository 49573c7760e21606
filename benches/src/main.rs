//! Measures a Strongroom server from outside and prints tables.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use strongroom_benches::parts::{PARTS, Plan};
use strongroom_benches::secrets::Shelf;
use strongroom_benches::{Result, bare, server};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    let outcome = match &arguments[..] {
        [_, word, id, body] if word == bare::WORD => bare::serve(id, body),
        _ => measure(&command().get_matches()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn command() -> Command {
    let names = PARTS.map(|(name, _)| name);
    Command::new("strongroom-benches")
        .about("Measures a Strongroom server from outside and prints tables")
        .after_help(
            "The parts: read, role, random, write, list, start, agent, functions, rotation, schedule, trail. \
             Traffic stays on loopback.",
        )
        .arg(
            Arg::new("parts")
                .num_args(0..)
                .value_name("PART")
                .value_parser(names)
                .hide_possible_values(true)
                .help("What is measured; everything if none is named"),
        )
        .arg(
            Arg::new("quick")
                .long("quick")
                .action(ArgAction::SetTrue)
                .help("Short windows and no more than a thousand secrets: shows that it works"),
        )
        .arg(
            Arg::new("secrets")
                .long("secrets")
                .value_name("N,N")
                .value_delimiter(',')
                .value_parser(value_parser!(u64).range(1..))
                .default_value("1000,100000,1000000")
                .help("How many secrets, for the parts that depend on it"),
        )
        .arg(
            Arg::new("seconds")
                .long("seconds")
                .value_name("N")
                .value_parser(value_parser!(u64).range(1..=60))
                .default_value("4")
                .help("Length of one measured window"),
        )
        .arg(
            Arg::new("rounds")
                .long("rounds")
                .value_name("N")
                .value_parser(value_parser!(u64).range(1..=100))
                .default_value("5")
                .help("Windows of each kind, of which the median is shown"),
        )
        .arg(
            Arg::new("data")
                .long("data")
                .value_name("DIR")
                .value_parser(value_parser!(PathBuf))
                .help("Keeps the loaded secrets here for the next run"),
        )
        .arg(
            Arg::new("beside")
                .long("beside")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help("AWS's agent (aws-workload-credentials-provider), measured beside ours"),
        )
}

fn measure(matches: &ArgMatches) -> Result<()> {
    let plan = plan(matches)?;
    let chosen: Vec<&String> = matches.get_many("parts").unwrap_or_default().collect();
    for (name, part) in PARTS {
        if chosen.is_empty() || chosen.iter().any(|chosen| *chosen == name) {
            part(&plan)?;
        }
    }
    Ok(())
}

fn plan(matches: &ArgMatches) -> Result<Plan> {
    let number = |name| matches.get_one::<u64>(name).copied().unwrap_or(1);
    let folder = matches.get_one::<PathBuf>("data").map(PathBuf::as_path);
    let mut sizes: Vec<u64> = matches.get_many("secrets").unwrap_or_default().copied().collect();
    sizes.sort_unstable();
    let mut plan = Plan {
        binary: server::binary()?,
        shelf: Shelf::open(folder)?,
        sizes,
        length: Duration::from_secs(number("seconds")),
        rounds: usize::try_from(number("rounds"))?,
        beside: matches.get_one::<PathBuf>("beside").map(|path| path.canonicalize()).transpose()?,
    };
    if matches.get_flag("quick") {
        plan.sizes = vec![plan.sizes[0].min(1_000)];
        plan.length = Duration::from_millis(500);
        plan.rounds = 1;
    }
    Ok(plan)
}
