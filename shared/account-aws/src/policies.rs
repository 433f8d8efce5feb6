//! Where the policy document is kept: an SSM parameter or an S3 object.

use std::fmt;
use std::str::FromStr;

use crate::Error;

/// IAM action of reading a policy from SSM.
pub const GET_PARAMETER: &str = "ssm:GetParameter";
/// IAM action of reading a policy from S3.
pub const GET_OBJECT: &str = "s3:GetObject";
/// IAM action of reading an older version of a policy from S3.
pub const GET_OBJECT_VERSION: &str = "s3:GetObjectVersion";

/// S3 holds larger documents than any policy; more than this is a mistake, and would fill the function's memory.
const LONGEST: i64 = 1 << 20;

/// The place of the policy: `ssm:NAME` or `s3://BUCKET/KEY`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A parameter of SSM Parameter Store.
    Parameter(String),
    /// An object of S3. Its bucket should keep versions: only then can an older one be had again.
    Object {
        /// The bucket.
        bucket: String,
        /// The object's key.
        key: String,
    },
}

impl FromStr for Place {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        if let Some(name) = text.strip_prefix("ssm:").filter(|name| !name.is_empty()) {
            return Ok(Self::Parameter(name.to_owned()));
        }
        match text
            .strip_prefix("s3://")
            .and_then(|rest| rest.split_once('/'))
        {
            Some((bucket, key)) if !bucket.is_empty() && !key.is_empty() => Ok(Self::Object {
                bucket: bucket.to_owned(),
                key: key.to_owned(),
            }),
            Some(_) | None => Err(()),
        }
    }
}

/// A version of the document. Its text is personal data: `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Document {
    /// SSM's version number or S3's version id; empty where the bucket keeps none.
    pub version: String,
    /// The text.
    pub text: String,
}

impl fmt::Debug for Document {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Document(version {})", self.version)
    }
}

/// Reads the policy document.
#[derive(Clone, Debug)]
pub struct Policies {
    place: Place,
    s3: aws_sdk_s3::Client,
    ssm: aws_sdk_ssm::Client,
}

impl Policies {
    /// The document at this place.
    #[must_use]
    pub fn new(place: Place, s3: aws_sdk_s3::Client, ssm: aws_sdk_ssm::Client) -> Self {
        Self { place, s3, ssm }
    }

    /// The document as it is now, or in an earlier `version`.
    ///
    /// # Errors
    /// It is not there, too long, not text, or may not be read.
    pub async fn read(&self, version: Option<&str>) -> Result<Document, Error> {
        match &self.place {
            Place::Parameter(name) => self.parameter(name, version).await,
            Place::Object { bucket, key } => self.object(bucket, key, version).await,
        }
    }

    async fn parameter(&self, name: &str, version: Option<&str>) -> Result<Document, Error> {
        let name = version.map_or_else(|| name.to_owned(), |version| format!("{name}:{version}"));
        let call = self.ssm.get_parameter().name(name).with_decryption(true);
        let answer = call
            .send()
            .await
            .map_err(|error| Error::call(GET_PARAMETER, &error))?;
        let parameter = answer
            .parameter
            .ok_or_else(|| unusable(GET_PARAMETER, "no parameter"))?;
        Ok(Document {
            version: parameter.version.to_string(),
            text: parameter
                .value
                .ok_or_else(|| unusable(GET_PARAMETER, "no value"))?,
        })
    }

    async fn object(
        &self,
        bucket: &str,
        key: &str,
        version: Option<&str>,
    ) -> Result<Document, Error> {
        let action = if version.is_some() {
            GET_OBJECT_VERSION
        } else {
            GET_OBJECT
        };
        let call = self
            .s3
            .get_object()
            .bucket(bucket)
            .key(key)
            .set_version_id(version.map(str::to_owned));
        let answer = call
            .send()
            .await
            .map_err(|error| Error::call(action, &error))?;
        if answer.content_length.is_none_or(|length| LONGEST < length) {
            return Err(unusable(action, "the document is longer than 1 MiB"));
        }
        let version = answer.version_id.unwrap_or_default();
        let bytes = answer
            .body
            .collect()
            .await
            .or(Err(unusable(action, "the document broke off")))?
            .to_vec();
        let text =
            String::from_utf8(bytes).or(Err(unusable(action, "the document is no UTF-8 text")))?;
        Ok(Document { version, text })
    }
}

fn unusable(action: &'static str, problem: &str) -> Error {
    Error::Unavailable {
        action,
        problem: problem.to_owned(),
    }
}
