//! What of this machine runs functions: its Python and Node.js.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;

use serde::Deserialize;
use strongroom_lambda::runner::{Launch, NotRun};
use strongroom_sandbox::wall::Places;
use tokio::process::Command;
use tokio::sync::OnceCell;

use super::FunctionSettings;

/// How a runtime is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// By a Python.
    Python,
    /// By a Node.js.
    Node,
    /// By a `bootstrap` of its own.
    Provided,
}

/// Something that runs code.
#[derive(Debug, Clone)]
pub struct Interpreter {
    kind: Kind,
    program: String,
    /// `3.12` of a Python.
    pub version: String,
    /// What of the machine it needs beside `/usr`.
    pub shown: Vec<PathBuf>,
    has_client: bool,
}

/// The machine's interpreters, looked for when they are first needed.
pub struct Interpreters {
    python: String,
    node: String,
    hidden: PathBuf,
    found: [OnceCell<Arc<Interpreter>>; 3],
}

/// What an interpreter says of itself.
#[derive(Deserialize)]
struct Told {
    program: String,
    version: String,
    shown: Vec<PathBuf>,
    has_client: bool,
    has_sdk: bool,
}

const ASK_PYTHON: &str = r#"
import importlib.util, json, os, sys
def has(name):
    return importlib.util.find_spec(name) is not None
print(json.dumps({
    "program": sys.executable,
    "version": "%d.%d" % sys.version_info[:2],
    "shown": sorted({sys.prefix, sys.base_prefix, os.path.dirname(os.path.dirname(os.path.realpath(sys.executable)))}),
    "has_client": has("awslambdaric"),
    "has_sdk": has("boto3"),
}))
"#;
const ASK_NODE: &str = r#"
const path = require('node:path');
const fs = require('node:fs');
const program = fs.realpathSync(process.execPath);
console.log(JSON.stringify({
  program,
  version: process.versions.node,
  shown: [path.dirname(path.dirname(program))],
  has_client: false,
  has_sdk: true,
}));
"#;

impl Kind {
    /// How a runtime of AWS's is run here; `None` for those that are not.
    #[must_use]
    pub fn of(runtime: &str) -> Option<Self> {
        match runtime {
            one if one.starts_with("python3") => Some(Self::Python),
            one if one.starts_with("nodejs") => Some(Self::Node),
            one if one.starts_with("provided") => Some(Self::Provided),
            _ => None,
        }
    }
}

impl Interpreters {
    /// None has been looked for yet.
    #[must_use]
    pub fn new(settings: &FunctionSettings) -> Self {
        Self {
            python: settings.python.clone(),
            node: settings.node.clone(),
            hidden: settings.hidden.clone(),
            found: Default::default(),
        }
    }

    /// The interpreter of this kind.
    ///
    /// # Errors
    /// There is none; the operator is told what to do.
    pub async fn find(&self, kind: Kind) -> Result<&Interpreter, NotRun> {
        let cell = &self.found[kind as usize];
        let found = match kind {
            Kind::Provided => cell.get_or_try_init(async || Ok(Arc::new(bootstrap()))).await,
            Kind::Python => {
                let ask = self.ask(kind, &self.python, &["-c", ASK_PYTHON], "lambda_python");
                cell.get_or_try_init(async || ask.await).await
            }
            Kind::Node => {
                let ask = self.ask(kind, &self.node, &["-e", ASK_NODE], "lambda_node");
                cell.get_or_try_init(async || ask.await).await
            }
        };
        found.map(|found| &**found)
    }

    async fn ask(
        &self,
        kind: Kind,
        program: &str,
        arguments: &[&str],
        setting: &str,
    ) -> Result<Arc<Interpreter>, NotRun> {
        let output = Command::new(program).args(arguments).stdin(Stdio::null()).output().await;
        let told = match output {
            Ok(output) if output.status.success() => {
                serde_json::from_slice::<Told>(&output.stdout).map_err(|cause| cause.to_string())
            }
            Ok(output) => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
            Err(cause) => Err(cause.to_string()),
        };
        let told = told.map_err(|cause| {
            tracing::error!(
                "a function was not run: {program} does not run: {cause}; set {setting} to one that does"
            );
            NotRun::NotOffered(format!("there is no {program} for this runtime, see the server's log"))
        })?;
        if !told.has_sdk {
            tracing::warn!(
                "{} has no boto3, which functions find on AWS; make an environment with `python3 -m venv \
                 DIR`, install boto3 and awslambdaric into it, and set {setting} to DIR/bin/python",
                told.program
            );
        }
        let shown: Vec<PathBuf> =
            told.shown.into_iter().filter(|path| !path.starts_with("/usr")).collect();
        if let Some(path) = shown.iter().find(|path| self.shows_data(path)) {
            tracing::error!(
                "a function was not run: {} lies in {}, which holds the data directory too; set \
                 {setting} to one that lies elsewhere",
                told.program,
                path.display()
            );
            let text = "the interpreter lies too close to the server's data, see the server's log";
            return Err(NotRun::NotOffered(text.to_owned()));
        }
        Ok(Arc::new(Interpreter {
            kind,
            program: told.program,
            version: told.version,
            shown,
            has_client: told.has_client,
        }))
    }

    /// Whether a function that sees `path` would see the server's data.
    fn shows_data(&self, path: &Path) -> bool {
        let hidden = std::path::absolute(&self.hidden).unwrap_or_else(|_| self.hidden.clone());
        let hidden = hidden.canonicalize().unwrap_or(hidden);
        hidden.starts_with(path.canonicalize().unwrap_or_else(|_| path.to_owned()))
    }
}

impl Interpreter {
    /// The program and its arguments, for a handler.
    #[must_use]
    pub fn command(&self, launch: &Launch, places: &Places) -> Vec<String> {
        let own = |name: &str| format!("{}/{name}", places.runtime);
        match self.kind {
            Kind::Python if self.has_client => {
                let words = [self.program.as_str(), "-m", "awslambdaric", &launch.handler];
                words.map(str::to_owned).into()
            }
            Kind::Python => vec![self.program.clone(), "-u".to_owned(), own(PYTHON_CLIENT.0)],
            Kind::Node => vec![self.program.clone(), own(NODE_CLIENT.0)],
            // The function's own, or else one of its layers.
            Kind::Provided => vec![
                "/bin/sh".to_owned(),
                "-c".to_owned(),
                r#"if [ -x "$0/bootstrap" ]; then exec "$0/bootstrap"; fi; exec "$1/bootstrap""#
                    .to_owned(),
                places.task.clone(),
                places.opt.clone(),
            ],
        }
    }
}

fn bootstrap() -> Interpreter {
    Interpreter {
        kind: Kind::Provided,
        program: String::new(),
        version: String::new(),
        shown: Vec::new(),
        has_client: true,
    }
}

/// Our own runtime interface clients: name and text.
pub const PYTHON_CLIENT: (&str, &str) = ("bootstrap.py", include_str!("bootstrap.py"));
/// Node's.
pub const NODE_CLIENT: (&str, &str) = ("bootstrap.mjs", include_str!("bootstrap.mjs"));
