//! Members that many requests share, with the constraints of AWS's model.

use std::collections::BTreeMap;

use strongroom_wire::{Blob, Sensitive, Shape};

/// An enum of AWS's texts that is also stored as them.
macro_rules! texts {
    ($(#[$outer:meta])* $name:ident { $($variant:ident = $text:literal),* $(,)? }) => {
        $(#[$outer])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq,
            ::strongroom_wire::Shape, ::serde::Deserialize
        )]
        pub enum $name {
            $(#[doc = $text] #[shape(name = $text)] #[serde(rename = $text)] $variant,)*
        }

        impl $name {
            /// AWS's text.
            #[must_use]
            #[allow(dead_code, reason = "some are only read")]
            pub const fn text(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }
    };
}

/// A function where it is changed: a name, a partial or a whole ARN, with or without a qualifier.
#[derive(Clone, Debug, Shape)]
#[shape(length = 1..=140, pattern = r"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?")]
pub struct FunctionName(pub String);

/// A function where it is read or called.
#[derive(Clone, Debug, Shape)]
#[shape(length = 1..=256, pattern = r"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_\.]+)(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+))?")]
pub struct NamespacedFunctionName(pub String);

/// A function that cannot be named with a qualifier.
#[derive(Clone, Debug, Shape)]
#[shape(length = 1..=140, pattern = r"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)")]
pub struct UnqualifiedFunctionName(pub String);

/// A version or an alias.
#[derive(Clone, Debug, Shape)]
#[shape(length = 1..=128, pattern = r"\$(LATEST(\.PUBLISHED)?)|[a-zA-Z0-9-_$]+")]
pub struct Qualifier(pub String);

/// The ARN of an execution role.
#[derive(Clone, Debug, Shape)]
#[shape(length = 0..=10000, pattern = r"arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+")]
pub struct RoleArn(pub String);

/// What of the code is called.
#[derive(Clone, Debug, Shape)]
#[shape(length = 0..=128, pattern = r"[^\s]+")]
pub struct Handler(pub String);

/// What it is for, in words.
#[derive(Clone, Debug, Shape)]
#[shape(length = 0..=256)]
pub struct Description(pub String);

/// Seconds that one invocation may take.
#[derive(Clone, Debug, Shape)]
#[shape(range = 1..=5400)]
pub struct Timeout(pub i32);

/// Memory in mebibytes.
#[derive(Clone, Debug, Shape)]
#[shape(range = 128..=32768)]
pub struct MemorySize(pub i32);

/// The ARN of a version of a layer.
#[derive(Clone, Debug, Shape)]
#[shape(length = 1..=2048, pattern = r"((arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:layer:[a-zA-Z0-9-_]+:[0-9]+)|(arn:[a-zA-Z0-9-]+:lambda:::awslayer:[a-zA-Z0-9-_]+))")]
pub struct LayerVersionArn(pub String);

/// A layer: its name or its ARN.
#[derive(Clone, Debug, Shape)]
#[shape(length = 1..=2048, pattern = r"(arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:layer:[a-zA-Z0-9-_]{1,140}|[a-zA-Z0-9-_]{1,140})")]
pub struct LayerName(pub String);

/// The ARN of anything, or nothing.
#[derive(Clone, Debug, Shape)]
#[shape(length = 0..=10000, pattern = r"(arn:(aws[a-zA-Z-]*)?:[a-z0-9-.]+:.*)|()")]
pub struct AnyArn(pub String);

/// The name of an alias.
#[derive(Clone, Debug, Shape)]
#[shape(length = 1..=128)]
pub struct AliasName(pub String);

/// A version that an alias can lead to.
#[derive(Clone, Debug, Shape)]
#[shape(length = 1..=1024, pattern = r"(\$LATEST(\.PUBLISHED)?|[0-9]+)")]
pub struct AliasVersion(pub String);

/// How many entries a page holds at most.
#[derive(Clone, Debug, Shape)]
#[shape(range = 1..=10000)]
pub struct MaxItems(pub i32);

/// How many layers a page holds at most.
#[derive(Clone, Debug, Shape)]
#[shape(range = 1..=50)]
pub struct MaxLayers(pub i32);

/// What can be tagged.
#[derive(Clone, Debug, Shape)]
#[shape(length = 1..=10000, pattern = r"arn:(aws[a-zA-Z-]*):lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:(function:[a-zA-Z0-9-_]+(:(\$LATEST|[a-zA-Z0-9-_]+))?|code-signing-config:csc-[a-z0-9]{17}|event-source-mapping:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|(capacity-provider|network-connector):[a-zA-Z0-9-_]{1,64})")]
pub struct TaggableResource(pub String);

texts! {
    /// The runtimes that AWS's model names.
    Runtime {
        Nodejs = "nodejs",
        Nodejs43 = "nodejs4.3",
        Nodejs610 = "nodejs6.10",
        Nodejs810 = "nodejs8.10",
        Nodejs10 = "nodejs10.x",
        Nodejs12 = "nodejs12.x",
        Nodejs14 = "nodejs14.x",
        Nodejs16 = "nodejs16.x",
        Java8 = "java8",
        Java8Al2 = "java8.al2",
        Java11 = "java11",
        Python27 = "python2.7",
        Python36 = "python3.6",
        Python37 = "python3.7",
        Python38 = "python3.8",
        Python39 = "python3.9",
        Dotnetcore10 = "dotnetcore1.0",
        Dotnetcore20 = "dotnetcore2.0",
        Dotnetcore21 = "dotnetcore2.1",
        Dotnetcore31 = "dotnetcore3.1",
        Dotnet6 = "dotnet6",
        Dotnet8 = "dotnet8",
        Nodejs43Edge = "nodejs4.3-edge",
        Go1 = "go1.x",
        Ruby25 = "ruby2.5",
        Ruby27 = "ruby2.7",
        Provided = "provided",
        ProvidedAl2 = "provided.al2",
        Nodejs18 = "nodejs18.x",
        Python310 = "python3.10",
        Java17 = "java17",
        Ruby32 = "ruby3.2",
        Ruby33 = "ruby3.3",
        Ruby34 = "ruby3.4",
        Python311 = "python3.11",
        Nodejs20 = "nodejs20.x",
        ProvidedAl2023 = "provided.al2023",
        Python312 = "python3.12",
        Java21 = "java21",
        Python313 = "python3.13",
        Nodejs22 = "nodejs22.x",
        Nodejs24 = "nodejs24.x",
        Python314 = "python3.14",
        Java25 = "java25",
        Dotnet10 = "dotnet10",
        Ruby40 = "ruby4.0",
        Custom = "custom",
        Nodejs26 = "nodejs26.x",
        Java11Al2023 = "java11.al2023",
        Java17Al2023 = "java17.al2023",
        Python315 = "python3.15",
        Java8Al2023 = "java8.al2023",
    }
}

impl Runtime {
    /// Whether AWS still takes it for new code. (Those it has given up stay readable.)
    #[must_use]
    pub fn is_supported(self) -> bool {
        !matches!(
            self.text(),
            "nodejs"
                | "nodejs4.3"
                | "nodejs6.10"
                | "nodejs8.10"
                | "nodejs10.x"
                | "nodejs12.x"
                | "nodejs14.x"
                | "java8"
                | "python2.7"
                | "python3.6"
                | "python3.7"
                | "dotnetcore1.0"
                | "dotnetcore2.0"
                | "dotnetcore2.1"
                | "dotnetcore3.1"
                | "nodejs4.3-edge"
                | "go1.x"
                | "ruby2.5"
                | "ruby2.7"
                | "provided"
        )
    }
}

texts! {
    /// How code is handed over.
    PackageType { Zip = "Zip", Image = "Image" }
}

texts! {
    /// A processor.
    Architecture { X86 = "x86_64", Arm = "arm64" }
}

texts! {
    /// Whether calls are traced.
    TracingMode { Active = "Active", PassThrough = "PassThrough" }
}

texts! {
    /// When a snapshot is taken.
    ApplyOn { PublishedVersions = "PublishedVersions", Never = "None" }
}

texts! {
    /// How a function's output is written down.
    LogFormat { Json = "JSON", Text = "Text" }
}

texts! {
    /// The least that a function's own messages must weigh.
    ApplicationLogLevel {
        Trace = "TRACE", Debug = "DEBUG", Info = "INFO", Warn = "WARN", Error = "ERROR", Fatal = "FATAL",
    }
}

texts! {
    /// The least that Lambda's messages must weigh.
    SystemLogLevel { Debug = "DEBUG", Info = "INFO", Warn = "WARN" }
}

texts! {
    /// Where AWS publishes to beside the version.
    PublishTo { LatestPublished = "LATEST_PUBLISHED" }
}

texts! {
    /// Which versions are listed.
    FunctionVersion { All = "ALL" }
}

/// Variables of a function's environment.
#[derive(Clone, Debug, Shape)]
pub struct Environment {
    /// Names and values.
    pub variables: Option<BTreeMap<String, Sensitive<String>>>,
}

/// Where failed events go.
#[derive(Clone, Debug, Shape)]
pub struct DeadLetterConfig {
    /// A queue or topic.
    pub target_arn: Option<AnyArn>,
}

/// Whether calls are traced.
#[derive(Clone, Debug, Shape)]
pub struct TracingConfig {
    /// The mode.
    pub mode: Option<TracingMode>,
}

/// The size of `/tmp`.
#[derive(Clone, Debug, Shape)]
pub struct EphemeralStorage {
    /// Mebibytes.
    #[shape(range = 512..=32768)]
    pub size: i32,
}

/// When a snapshot is taken.
#[derive(Clone, Debug, Shape)]
pub struct SnapStart {
    /// When.
    pub apply_on: Option<ApplyOn>,
}

/// Where output goes, and how.
#[derive(Clone, Debug, Shape)]
pub struct LoggingConfig {
    /// How it is written down.
    pub log_format: Option<LogFormat>,
    /// The least that the function's messages must weigh.
    pub application_log_level: Option<ApplicationLogLevel>,
    /// The least that Lambda's messages must weigh.
    pub system_log_level: Option<SystemLogLevel>,
    /// The log group.
    #[shape(length = 1..=512, pattern = r"[\.\-_/#A-Za-z0-9]+")]
    pub log_group: Option<String>,
}

/// A subnet.
#[derive(Clone, Debug, Shape)]
#[shape(length = 0..=1024, pattern = r"subnet-[0-9a-z]*")]
pub struct SubnetId(pub String);

/// A security group.
#[derive(Clone, Debug, Shape)]
#[shape(length = 0..=1024, pattern = r"sg-[0-9a-zA-Z]*")]
pub struct SecurityGroupId(pub String);

/// The name of a tag.
#[derive(Clone, Debug, Shape)]
#[shape(length = 1..=128, pattern = r"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)")]
pub struct TagKey(pub String);

/// The network a function is put into.
#[derive(Clone, Debug, Shape)]
pub struct VpcConfig {
    /// Subnets.
    #[shape(length = 0..=16)]
    pub subnet_ids: Option<Vec<SubnetId>>,
    /// Security groups.
    #[shape(length = 0..=5)]
    pub security_group_ids: Option<Vec<SecurityGroupId>>,
    /// Whether IPv6 may be used.
    pub ipv6_allowed_for_dual_stack: Option<bool>,
}

/// Code as it is handed over.
#[derive(Clone, Debug, Shape)]
pub struct FunctionCode {
    /// A zip archive.
    pub zip_file: Option<Sensitive<Blob>>,
    /// A bucket.
    #[shape(length = 3..=63)]
    pub s3_bucket: Option<String>,
    /// A key in it.
    #[shape(length = 1..=1024, pattern = ".*")]
    pub s3_key: Option<String>,
    /// A version of the object.
    #[shape(length = 1..=1024, pattern = ".*")]
    pub s3_object_version: Option<String>,
    /// A container image.
    pub image_uri: Option<String>,
    /// The key that the archive is encrypted with.
    #[shape(name = "SourceKMSKeyArn")]
    pub source_kms_key_arn: Option<AnyArn>,
}

/// How calls of an alias are spread.
#[derive(Clone, Debug, Shape)]
pub struct AliasRouting {
    /// The share of other versions.
    pub additional_version_weights: Option<BTreeMap<String, f64>>,
}
