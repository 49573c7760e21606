//! Simulation: the policy engine asked on purpose, with a context that the request describes.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use strongroom_api::{Reply, Result, Shape, Target, Values};
use strongroom_policy::{
    Authority, Context, Decision, Kind, Named, Policy, PolicyType, Principal, Reason, Request,
    ResourceRule, decide, explain,
};

use crate::error;
use crate::position::{Position, end_of_object};
use crate::subject::{Subject, SubjectPolicies, collect_keys};

/// The name of an action: `s3:GetObject`.
#[derive(Clone, Debug, Shape)]
#[shape(length = 3..=128)]
pub struct ActionName(String);

/// The ARN of a resource, of an account, or of a caller.
#[derive(Clone, Debug, Shape)]
#[shape(length = 1..=2048)]
pub struct ResourceName(String);

impl std::ops::Deref for ResourceName {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// A condition key and its values.
#[derive(Clone, Debug, Shape)]
pub struct ContextEntry {
    #[shape(length = 5..=256)]
    context_key_name: Option<String>,
    context_key_values: Option<Vec<String>>,
    context_key_type: Option<KeyType>,
}

/// The types of condition keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Shape)]
#[allow(missing_docs)]
pub enum KeyType {
    #[shape(name = "string")]
    String,
    #[shape(name = "stringList")]
    StringList,
    #[shape(name = "numeric")]
    Numeric,
    #[shape(name = "numericList")]
    NumericList,
    #[shape(name = "boolean")]
    Boolean,
    #[shape(name = "booleanList")]
    BooleanList,
    #[shape(name = "ip")]
    Ip,
    #[shape(name = "ipList")]
    IpList,
    #[shape(name = "binary")]
    Binary,
    #[shape(name = "binaryList")]
    BinaryList,
    #[shape(name = "date")]
    Date,
    #[shape(name = "dateList")]
    DateList,
}

/// The answer for one action.
#[derive(Clone, Reply)]
pub struct EvaluationResult {
    eval_action_name: String,
    eval_resource_name: String,
    eval_decision: &'static str,
    matched_statements: Vec<MatchedStatement>,
    missing_context_values: Vec<String>,
    organizations_decision_detail: Option<OrganizationsDetail>,
    permissions_boundary_decision_detail: Option<BoundaryDetail>,
    /// By kind of policy, for callers of another account than the resource's; AWS leaves it empty
    /// elsewhere.
    eval_decision_details: BTreeMap<String, String>,
    resource_specific_results: Option<Vec<ResourceResult>>,
}

/// The answer for one action on one of the resources named.
#[derive(Clone, Reply)]
pub struct ResourceResult {
    eval_resource_name: String,
    eval_resource_decision: &'static str,
    matched_statements: Vec<MatchedStatement>,
    missing_context_values: Vec<String>,
    permissions_boundary_decision_detail: Option<BoundaryDetail>,
}

/// A statement that had a say.
#[derive(Clone, Reply)]
pub struct MatchedStatement {
    source_policy_id: String,
    source_policy_type: &'static str,
    start_position: Position,
    end_position: Position,
}

/// What the organization says.
#[derive(Clone, Reply)]
pub struct OrganizationsDetail {
    allowed_by_organizations: bool,
}

/// What the permissions boundary says.
#[derive(Clone, Reply)]
pub struct BoundaryDetail {
    allowed_by_permissions_boundary: bool,
}

/// What is to be simulated.
pub(crate) struct Question<'q> {
    /// The account that asks, which owns resources whose ARN names no other.
    pub(crate) account: &'q str,
    pub(crate) subject: Option<&'q Subject>,
    pub(crate) actions: &'q [ActionName],
    pub(crate) resources: &'q [ResourceName],
    pub(crate) resource_policy: Option<&'q str>,
    pub(crate) resource_owner: Option<&'q str>,
    pub(crate) caller: Option<&'q str>,
    pub(crate) context: &'q [ContextEntry],
}

/// Combinations of actions and resources that one request may ask for.
const MOST_QUESTIONS: usize = 10_000;

impl Question<'_> {
    /// The answers for all actions on all resources.
    ///
    /// # Errors
    /// `InvalidInput`, `MalformedPolicyDocument`.
    pub(crate) fn answer(&self, policies: &SubjectPolicies) -> Result<Vec<EvaluationResult>> {
        if let Some(action) = self.actions.iter().find(|action| !action.0.contains(':')) {
            return Err(error::invalid_simulation(format!("Invalid Action: {}", action.0)));
        }
        if self.actions.len() * self.resources.len().max(1) > MOST_QUESTIONS {
            return Err(error::invalid_simulation(
                "Too many actions and resources in one request.",
            ));
        }
        let resource_policy = self.resource_policy.map(|document| {
            let parsed = Policy::parse(document, Kind::Resource);
            parsed.map_err(|malformed| error::malformed_policy(&malformed))
        });
        let resource_policy = resource_policy.transpose()?;
        let missing = self.missing(policies, resource_policy.as_ref());
        let everything = [ResourceName("*".to_owned())];
        let resources = if self.resources.is_empty() { &everything } else { self.resources };
        let rule = ResourceRule::Ordinary(resource_policy.as_ref());
        let answers = self.actions.iter().filter_map(|action| {
            let each = resources
                .iter()
                .map(|resource| self.one(&action.0, resource, policies, rule, &missing));
            together(each.collect(), !self.resources.is_empty())
        });
        Ok(answers.collect())
    }

    fn one(
        &self,
        action: &str,
        resource: &str,
        policies: &SubjectPolicies,
        rule: ResourceRule<'_>,
        missing: &[String],
    ) -> EvaluationResult {
        let authority = Authority {
            identity: &policies.identity,
            boundary: policies.boundary.as_deref(),
            session: None,
            service_control: &policies.service_control,
        };
        let owned = resource.split(':').nth(4).filter(|account| !account.is_empty());
        let owner = self.resource_owner.map(|owner| owner.split(':').nth(4).unwrap_or(owner));
        let names = Names::of(self);
        let principal = names.principal();
        let request = Request {
            principal: &principal,
            action,
            resource,
            resource_account: owner.or(owned).unwrap_or(self.account),
            context: &Described(self.context),
        };
        let decision = decide(&request, &authority, rule);
        EvaluationResult {
            eval_action_name: action.to_owned(),
            eval_resource_name: resource.to_owned(),
            eval_decision: verdict(&decision),
            matched_statements: matched(&request, &authority, rule, policies),
            missing_context_values: missing.to_vec(),
            organizations_decision_detail: (!policies.service_control.is_empty()).then(|| {
                OrganizationsDetail {
                    allowed_by_organizations: !blames(&decision, PolicyType::ServiceControl),
                }
            }),
            permissions_boundary_decision_detail: policies.boundary.as_ref().map(|boundary| {
                let alone =
                    Authority { identity: std::slice::from_ref(boundary), ..<_>::default() };
                let allowed = decide(&request, &alone, ResourceRule::None).allowed;
                BoundaryDetail { allowed_by_permissions_boundary: allowed }
            }),
            eval_decision_details: BTreeMap::new(),
            resource_specific_results: None,
        }
    }

    /// The condition keys that policies mention and the request does not give.
    fn missing(&self, policies: &SubjectPolicies, resource: Option<&Policy>) -> Vec<String> {
        let mut keys: BTreeSet<String> = policies.context_keys().into_iter().collect();
        if let Some(policy) = resource {
            collect_keys(policy, &mut keys);
        }
        let given = |key: &String| {
            let mut names = self.context.iter().filter_map(|e| e.context_key_name.as_deref());
            names.any(|name| name.eq_ignore_ascii_case(key))
        };
        keys.into_iter().filter(|key| !given(key)).collect()
    }
}

/// One answer made of those for each resource: a Deny of one is a Deny of all, and beside it an Allow of
/// one is an Allow. What AWS names then is the form of such ARNs; here it is `*`.
fn together(each: Vec<EvaluationResult>, are_named: bool) -> Option<EvaluationResult> {
    let specific = are_named.then(|| each.iter().map(ResourceResult::of).collect());
    let some = |decision: &str| each.iter().any(|one| one.eval_decision == decision);
    let decision = ["explicitDeny", "allowed"].into_iter().find(|decision| some(decision));
    let decision = decision.unwrap_or("implicitDeny");
    let is_one = each.len() == 1;
    let all_bound = each.iter().all(|one| {
        let detail = one.permissions_boundary_decision_detail.as_ref();
        detail.is_none_or(|detail| detail.allowed_by_permissions_boundary)
    });
    let all_organized = each.iter().all(|one| {
        let detail = one.organizations_decision_detail.as_ref();
        detail.is_none_or(|detail| detail.allowed_by_organizations)
    });
    let mut whole = each.into_iter().next()?;
    whole.resource_specific_results = specific;
    if is_one {
        return Some(whole);
    }
    whole.eval_resource_name = "*".to_owned();
    whole.eval_decision = decision;
    whole.matched_statements = Vec::new();
    if let Some(detail) = &mut whole.permissions_boundary_decision_detail {
        detail.allowed_by_permissions_boundary = all_bound;
    }
    if let Some(detail) = &mut whole.organizations_decision_detail {
        detail.allowed_by_organizations = all_organized;
    }
    Some(whole)
}

impl ResourceResult {
    fn of(one: &EvaluationResult) -> Self {
        Self {
            eval_resource_name: one.eval_resource_name.clone(),
            eval_resource_decision: one.eval_decision,
            matched_statements: one.matched_statements.clone(),
            missing_context_values: one.missing_context_values.clone(),
            permissions_boundary_decision_detail: one.permissions_boundary_decision_detail.clone(),
        }
    }
}

/// The names under which the simulated principal goes.
struct Names {
    account: String,
    arn: String,
    role_arn: Option<String>,
    id: String,
}

impl Names {
    fn of(question: &Question<'_>) -> Self {
        let subject = question.subject.map(|subject| subject.arn().into_owned());
        let arn = question.caller.map(str::to_owned).or(subject).unwrap_or_default();
        let account = arn.split(':').nth(4).unwrap_or(question.account).to_owned();
        let id = match question.subject {
            Some(Subject::User(user)) => user.id.clone(),
            Some(Subject::Role(role)) => format!("{}:simulation", role.id),
            Some(Subject::Group(_)) | None => String::new(),
        };
        if let Some(path) = arn.split_once(":role/").map(|(_, path)| path) {
            let name = path.rsplit('/').next().unwrap_or(path);
            let session = format!("arn:aws:sts::{account}:assumed-role/{name}/simulation");
            return Self { account, arn: session, role_arn: Some(arn), id };
        }
        Self { account, arn, role_arn: None, id }
    }

    fn principal(&self) -> Principal<'_> {
        match &self.role_arn {
            Some(role) => Principal::assumed_role(&self.account, &self.arn, &self.id, role),
            None => Principal::user(&self.account, &self.arn, &self.id),
        }
    }
}

/// The context that a request describes.
struct Described<'q>(&'q [ContextEntry]);

impl Context for Described<'_> {
    fn values(&self, key: &str) -> Option<Values<'_>> {
        let is_it = |entry: &&ContextEntry| {
            entry.context_key_name.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(key))
        };
        let entry = self.0.iter().find(is_it)?;
        let values = entry.context_key_values.as_deref().unwrap_or_default();
        match (values, is_list(entry.context_key_type)) {
            ([one], false) => Some(Values::one(one)),
            (many, _) => {
                Some(Values::Many(many.iter().map(|v| Cow::Borrowed(v.as_str())).collect()))
            }
        }
    }
}

fn is_list(kind: Option<KeyType>) -> bool {
    use KeyType::{BinaryList, BooleanList, DateList, IpList, NumericList, StringList};
    matches!(kind, Some(StringList | NumericList | BooleanList | IpList | BinaryList | DateList))
}

fn verdict(decision: &Decision) -> &'static str {
    match decision.reason {
        Reason::Allowed => "allowed",
        Reason::ExplicitDeny(_) => "explicitDeny",
        Reason::ImplicitDeny(_) => "implicitDeny",
    }
}

fn blames(decision: &Decision, policy: PolicyType) -> bool {
    matches!(decision.reason, Reason::ExplicitDeny(one) | Reason::ImplicitDeny(one) if one == policy)
}

/// The statements that took effect, in the policies that the caller of the simulation can see.
fn matched(
    request: &Request<'_>,
    authority: &Authority<'_>,
    rule: ResourceRule<'_>,
    policies: &SubjectPolicies,
) -> Vec<MatchedStatement> {
    let told = explain(request, authority, rule);
    let mut matched = Vec::new();
    for policy in told.policies.iter().filter(|p| p.policy_type != PolicyType::ServiceControl) {
        let name = policy.name.as_deref().unwrap_or("ResourcePolicy");
        let document = text_of(policies, rule, policy.name.as_deref());
        for statement in policy.statements.iter().filter(|statement| statement.took_effect) {
            let start = Position::at(statement.line, statement.column);
            matched.push(MatchedStatement {
                source_policy_id: name.to_owned(),
                source_policy_type: "IAM Policy",
                end_position: end_of_object(document, start),
                start_position: start,
            });
        }
    }
    matched
}

fn text_of<'p>(
    policies: &'p SubjectPolicies,
    rule: ResourceRule<'p>,
    name: Option<&str>,
) -> &'p str {
    let Some(name) = name else {
        return match rule {
            ResourceRule::Ordinary(Some(policy)) => policy.text(),
            _ => "",
        };
    };
    let mut all = policies.identity.iter().chain(&policies.boundary);
    all.find(|named: &&Arc<Named>| *named.name == *name).map_or("", |named| named.policy.text())
}
