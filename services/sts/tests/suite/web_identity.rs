//! AssumeRoleWithWebIdentity: tokens of identity providers.

use std::collections::BTreeMap;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256,
};
use data_encoding::BASE64URL_NOPAD as BASE64;
use serde_json::{Value, json};
use strongroom_api::{Caller, Details, PrincipalKind};
use strongroom_sts::jwks::StaticJwks;

use crate::world::{ROLE, ROLE_ID, World, allow, may, trust, world_with};

const ISSUER: &str = "https://id.example.com/id/A";
const URL: &str = "id.example.com/id/A";

struct Issuer {
    ec: EcdsaKeyPair,
    rsa: RsaKeyPair,
}

impl Issuer {
    fn new() -> Self {
        let ec = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        Self { ec, rsa: RsaKeyPair::generate(KeySize::Rsa2048).unwrap() }
    }

    fn jwks(&self) -> String {
        let point = self.ec.public_key().as_ref();
        let rsa = self.rsa.public_key();
        let big_endian = |number: &[u8]| BASE64.encode(number);
        json!({"keys": [
            {"kty": "EC", "crv": "P-256", "kid": "ec", "use": "sig", "alg": "ES256",
             "x": BASE64.encode(&point[1..33]), "y": BASE64.encode(&point[33..])},
            {"kty": "RSA", "kid": "rsa",
             "n": big_endian(rsa.modulus().big_endian_without_leading_zero()),
             "e": big_endian(rsa.exponent().big_endian_without_leading_zero())},
        ]})
        .to_string()
    }

    fn token(&self, algorithm: &str, claims: &Value) -> String {
        let kid = if algorithm == "ES256" { "ec" } else { "rsa" };
        let part = |value: &Value| BASE64.encode(value.to_string().as_bytes());
        let signed = format!("{}.{}", part(&json!({"alg": algorithm, "kid": kid})), part(claims));
        let random = SystemRandom::new();
        let signature = if algorithm == "ES256" {
            self.ec.sign(&random, signed.as_bytes()).unwrap().as_ref().to_vec()
        } else {
            let mut signature = vec![0; self.rsa.public_modulus_len()];
            self.rsa.sign(&RSA_PKCS1_SHA256, &random, signed.as_bytes(), &mut signature).unwrap();
            signature
        };
        format!("{signed}.{}", BASE64.encode(&signature))
    }
}

/// A world in which the role `app` trusts one pod of the issuer, and nobody has signed.
fn cluster(issuer: &Issuer) -> World {
    let jwks = StaticJwks(BTreeMap::from([(ISSUER.to_owned(), issuer.jwks())]));
    let world = world_with(jwks);
    let providers = vec![(URL.to_owned(), vec!["sts.amazonaws.com".to_owned()])];
    *world.directory.providers.lock().unwrap() = providers;
    let provider = json!({"Federated": format!("arn:aws:iam::123456789012:oidc-provider/{URL}")});
    let key = |claim: &str| format!("{URL}:{claim}");
    let condition = json!({"StringEquals": {key("sub"): "pod-1", key("aud"): "sts.amazonaws.com"}});
    world.directory.put_role("app", ROLE_ID, &trust(provider, condition), &allow("*"));
    let nobody =
        Caller::new(PrincipalKind::Anonymous, "", "anonymous", "anonymous", Details::default());
    world.as_caller(nobody)
}

fn claims(world: &World) -> Value {
    let now = world.stage.now().seconds();
    json!({"iss": ISSUER, "sub": "pod-1", "aud": ["sts.amazonaws.com"], "iat": now, "exp": now + 600})
}

fn input(token: &str) -> Value {
    json!({"RoleArn": ROLE, "RoleSessionName": "pod", "WebIdentityToken": token})
}

#[tokio::test]
async fn tokens_signed_with_either_kind_of_key_make_a_session() {
    let issuer = Issuer::new();
    let world = cluster(&issuer);
    for algorithm in ["ES256", "RS256"] {
        let token = issuer.token(algorithm, &claims(&world));
        let reply = world.call("AssumeRoleWithWebIdentity", input(&token)).await;
        assert_eq!(reply["SubjectFromWebIdentityToken"], "pod-1");
        assert_eq!(reply["Audience"], "sts.amazonaws.com");
        assert_eq!(reply["Provider"], ISSUER);
        let credential = world.credential(&reply).await;
        assert_eq!(credential.caller.arn(), "arn:aws:sts::123456789012:assumed-role/app/pod");
        assert!(may(&credential, "s3:GetObject"));
        assert!(!world.stage.tape.text().contains(&token), "the token is not on record");
    }
}

#[tokio::test]
async fn the_record_tells_of_the_bearer_in_the_account_of_the_role() {
    let issuer = Issuer::new();
    let world = cluster(&issuer);
    let token = issuer.token("ES256", &claims(&world));
    world.call("AssumeRoleWithWebIdentity", input(&token)).await;
    let record = world.stage.tape.records().remove(0);
    let provider = format!("arn:aws:iam::123456789012:oidc-provider/{URL}");
    let bearer = json!({
        "type": "WebIdentityUser", "principalId": format!("{provider}:sts.amazonaws.com:pod-1"),
        "userName": "pod-1", "identityProvider": provider,
    });
    assert_eq!(record["userIdentity"], bearer);
    assert_eq!(record["recipientAccountId"], "123456789012");
    assert_eq!(record["resources"][0]["type"], "AWS::IAM::Role");
}

#[tokio::test]
async fn what_a_token_lacks_is_told() {
    let issuer = Issuer::new();
    let world = cluster(&issuer);
    let now = world.stage.now().seconds();
    let with = |name: &str, value: Value| {
        let mut claims = claims(&world);
        claims[name] = value;
        claims
    };
    for (claims, code, words) in [
        (
            with("iss", "https://other".into()),
            "InvalidIdentityToken",
            "No OpenIDConnect provider found in your account for https://other",
        ),
        (with("aud", "other".into()), "InvalidIdentityToken", "Incorrect token audience"),
        (with("azp", "other".into()), "InvalidIdentityToken", "Incorrect token audience"),
        (with("exp", now.into()), "ExpiredTokenException", "Token expired: current date/time"),
        (
            with("nbf", (now + 600).into()),
            "InvalidIdentityToken",
            "The ID Token provided is not valid yet",
        ),
        (with("exp", Value::Null), "InvalidIdentityToken", "Missing a required claim: exp"),
        (
            with("sub", "pod-2".into()),
            "AccessDeniedException",
            "Not authorized to perform sts:AssumeRoleWithWebIdentity",
        ),
    ] {
        let token = issuer.token("ES256", &claims);
        let refused = world.refused("AssumeRoleWithWebIdentity", input(&token)).await;
        assert_eq!(refused.code, code, "{}", refused.message);
        assert!(refused.message.starts_with(words), "{}", refused.message);
    }
}

#[tokio::test]
async fn a_token_of_another_key_or_algorithm_is_refused() {
    let issuer = Issuer::new();
    let world = cluster(&issuer);
    let forged = Issuer::new().token("ES256", &claims(&world));
    let refused = world.refused("AssumeRoleWithWebIdentity", input(&forged)).await;
    assert!(refused.message.starts_with("Couldn't retrieve verification key"));
    let good = issuer.token("ES256", &claims(&world));
    let (_, rest) = good.split_once('.').unwrap();
    let (payload, _) = rest.split_once('.').unwrap();
    for algorithm in ["none", "HS256"] {
        let header = BASE64.encode(json!({"alg": algorithm}).to_string().as_bytes());
        let refused = world
            .refused("AssumeRoleWithWebIdentity", input(&format!("{header}.{payload}.")))
            .await;
        assert_eq!(refused.code, "InvalidIdentityToken");
    }
    for text in ["no token", "a.b.c", "....", "e30.e30.e30"] {
        let refused = world.refused("AssumeRoleWithWebIdentity", input(text)).await;
        assert_eq!(refused.code, "InvalidIdentityToken", "{text}");
    }
}

#[tokio::test]
async fn tags_of_the_provider_become_tags_of_the_session() {
    let issuer = Issuer::new();
    let world = cluster(&issuer);
    let mut claims = claims(&world);
    claims["https://aws.amazon.com/tags"] =
        json!({"principal_tags": {"ns": ["prod"]}, "transitive_tag_keys": ["ns"]});
    let token = issuer.token("RS256", &claims);
    let reply = world.call("AssumeRoleWithWebIdentity", input(&token)).await;
    let credential = world.credential(&reply).await;
    assert!(credential.caller.details.tags.contains(&("ns".into(), "prod".into())));
}
