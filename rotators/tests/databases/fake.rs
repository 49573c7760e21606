//! Secrets Manager, as far as rotators see it.

use std::cell::RefCell;
use std::collections::BTreeMap;

use aws_lc_rs::rand;
use serde_json::{Value, json};
use strongroom_rotators::{
    CallError, Description, Error, Function, PasswordRules, Rotation, Secrets, find,
};
use strongroom_wire::Sensitive;

/// What every server of the run is told to log, and no password may be seen in.
#[derive(Default)]
pub struct Fake {
    secrets: RefCell<BTreeMap<String, Secret>>,
    /// Every password that was ever made.
    pub made: RefCell<Vec<String>>,
}

#[derive(Default)]
struct Secret {
    values: BTreeMap<String, String>,
    /// Versions by stage.
    stages: BTreeMap<String, String>,
}

impl Fake {
    /// A secret with a first version.
    pub fn with(self, arn: &str, value: &Value) -> Self {
        let mut secret = Secret::default();
        secret.values.insert("v0".to_owned(), value.to_string());
        secret.stages.insert("AWSCURRENT".to_owned(), "v0".to_owned());
        self.secrets.borrow_mut().insert(arn.to_owned(), secret);
        self
    }

    /// Registers a version without a value, as the service does before it calls the function.
    pub fn begin(&self, arn: &str, token: &str) {
        let mut secrets = self.secrets.borrow_mut();
        let stages = &mut secrets.get_mut(arn).unwrap().stages;
        stages.insert("AWSPENDING".to_owned(), token.to_owned());
    }

    /// The value at a stage.
    pub fn at(&self, arn: &str, stage: &str) -> Value {
        let secrets = self.secrets.borrow();
        let secret = &secrets[arn];
        serde_json::from_str(&secret.values[&secret.stages[stage]]).unwrap()
    }

    /// Overwrites members of the value at a stage.
    pub fn change(&self, arn: &str, stage: &str, members: &Value) {
        let mut value = self.at(arn, stage);
        for (name, member) in members.as_object().unwrap() {
            value[name] = member.clone();
        }
        let mut secrets = self.secrets.borrow_mut();
        let secret = secrets.get_mut(arn).unwrap();
        let version = secret.stages[stage].clone();
        secret.values.insert(version, value.to_string());
    }

    /// One step of a built-in function.
    pub async fn step(&self, function: &str, arn: &str, token: &str, step: &str) -> Outcome {
        let event = json!({
            "Step": step, "SecretId": arn, "ClientRequestToken": token, "RotationToken": "r",
        });
        let function = Function::new(find(function).unwrap(), self, variable);
        function.invoke(event.to_string().as_bytes()).await
    }

    /// A whole rotation.
    pub async fn rotate(&self, function: &str, arn: &str, token: &str) -> Outcome {
        self.begin(arn, token);
        for step in ["createSecret", "setSecret", "testSecret", "finishSecret"] {
            self.step(function, arn, token, step).await?;
        }
        Ok(Value::Null)
    }

    /// A rehearsal: the outcome of each check, by its name.
    pub async fn rehearse(&self, function: &str, arn: &str) -> BTreeMap<String, String> {
        let event = json!({ "Step": "rehearse", "SecretId": arn }).to_string();
        let function = Function::new(find(function).unwrap(), self, variable);
        let found = function.invoke(event.as_bytes()).await.unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let findings = found["Findings"].as_array().unwrap().iter();
        findings.map(|finding| (text(&finding["Check"]), text(&finding["Outcome"]))).collect()
    }
}

pub type Outcome = Result<Value, Error>;

/// The environment of the functions: authorities to trust, and passwords as nasty as can be.
fn variable(name: &str) -> Option<String> {
    match name {
        "SSL_CERT_FILE" => std::env::var("ROTATION_AUTHORITY").ok(),
        "USERNAME_CHARACTER_LIMIT" => Some("80".to_owned()),
        _ => None,
    }
}

impl Secrets for &Fake {
    async fn describe(&self, secret: &str) -> Result<Description, CallError> {
        let mut description = Description { rotation_enabled: Some(true), ..Default::default() };
        for (stage, version) in &self.secrets.borrow()[secret].stages {
            description.stages.entry(version.clone()).or_default().push(stage.clone());
        }
        Ok(description)
    }

    async fn value(
        &self,
        secret: &str,
        stage: &str,
        version: Option<&str>,
    ) -> Result<Sensitive<String>, CallError> {
        let secrets = self.secrets.borrow();
        let found = secrets.get(secret).and_then(|secret| {
            let at = secret.stages.get(stage)?;
            version.is_none_or(|version| version == at).then(|| secret.values.get(at)).flatten()
        });
        found.cloned().map(Sensitive::new).ok_or_else(|| CallError {
            code: "ResourceNotFoundException".to_owned(),
            message: "Secrets Manager can't find the specified secret value".to_owned(),
            operation: "GetSecretValue",
        })
    }

    async fn random_password(&self, rules: &PasswordRules) -> Result<Sensitive<String>, CallError> {
        let mut bytes = vec![0; usize::try_from(rules.length).unwrap()];
        rand::fill(&mut bytes).unwrap();
        let mut password: String = bytes.iter().map(|byte| char::from(b'a' + byte % 26)).collect();
        if !rules.exclude_punctuation {
            // What no AWS default lets through, so that quoting is put to the test.
            password.push_str("'\"\\`%s;--/*$1 :@");
            self.made.borrow_mut().push(password.clone());
        }
        Ok(Sensitive::new(password))
    }

    async fn put_pending(
        &self,
        rotation: &Rotation,
        value: &Sensitive<String>,
    ) -> Result<(), CallError> {
        assert_eq!(rotation.rotation_token.as_deref(), Some("r"));
        let mut secrets = self.secrets.borrow_mut();
        let secret = secrets.get_mut(&rotation.arn).unwrap();
        secret.values.insert(rotation.token.clone(), value.reveal().clone());
        secret.stages.insert("AWSPENDING".to_owned(), rotation.token.clone());
        Ok(())
    }

    async fn move_stage(
        &self,
        secret: &str,
        stage: &str,
        to: Option<&str>,
        from: Option<&str>,
    ) -> Result<(), CallError> {
        let mut secrets = self.secrets.borrow_mut();
        let stages = &mut secrets.get_mut(secret).unwrap().stages;
        assert_eq!(stages.get(stage).map(String::as_str), from);
        let Some(to) = to else {
            stages.remove(stage);
            return Ok(());
        };
        let before = stages.insert(stage.to_owned(), to.to_owned());
        if let (Some(before), "AWSCURRENT") = (before, stage) {
            stages.insert("AWSPREVIOUS".to_owned(), before);
        }
        Ok(())
    }
}
