//! What the doctor asks: each a read that changes nothing.

use account_core::ids::AccountId;
use account_core::preflight::{Organization, Selector, Trail};
use aws_sdk_cloudtrail::config::{Builder, Region};
use aws_sdk_cloudtrail::types::{
    AdvancedEventSelector, EventSelector, ReadWriteType, Trail as Described,
};
use aws_sdk_sqs::types::QueueAttributeName;

use crate::Error;
use crate::clients::Clients;
use crate::error::listed;
use crate::organizations::pages::Pages;

/// IAM action of [`Preflight::organization`].
pub const DESCRIBE_ORGANIZATION: &str = "organizations:DescribeOrganization";
/// IAM action of [`Preflight::has_trusted_access`].
pub const LIST_TRUSTED: &str = "organizations:ListAWSServiceAccessForOrganization";
/// IAM action of [`Preflight::is_delegated`].
pub const LIST_DELEGATED: &str = "organizations:ListDelegatedAdministrators";
/// IAM actions of [`Preflight::trails`].
pub const DESCRIBE_TRAILS: &str = "cloudtrail:DescribeTrails";
/// See [`DESCRIBE_TRAILS`].
pub const GET_TRAIL_STATUS: &str = "cloudtrail:GetTrailStatus";
/// See [`DESCRIBE_TRAILS`].
pub const GET_EVENT_SELECTORS: &str = "cloudtrail:GetEventSelectors";
/// IAM action of [`Preflight::subscriptions`].
pub const GET_TOPIC: &str = "sns:GetTopicAttributes";
/// IAM action of [`Preflight::waiting`].
pub const GET_QUEUE: &str = "sqs:GetQueueAttributes";

/// Account Management, to Organizations.
const PRINCIPAL: &str = "account.amazonaws.com";

/// Asks what the stack stands on.
#[derive(Clone, Debug)]
pub struct Preflight {
    cloudtrail: aws_sdk_cloudtrail::Client,
    organizations: aws_sdk_organizations::Client,
    sns: aws_sdk_sns::Client,
    sqs: aws_sdk_sqs::Client,
}

impl Preflight {
    /// With these clients.
    #[must_use]
    pub fn new(clients: &Clients) -> Self {
        Self {
            cloudtrail: clients.cloudtrail(),
            organizations: clients.organizations(),
            sns: clients.sns(),
            sqs: clients.sqs(),
        }
    }

    /// The organization ([`DescribeOrganization`]).
    ///
    /// [`DescribeOrganization`]: https://docs.aws.amazon.com/organizations/latest/APIReference/API_DescribeOrganization.html
    ///
    /// # Errors
    /// Whatever AWS answers but an organization.
    pub async fn organization(&self) -> Result<Organization, Error> {
        let answer = self.organizations.describe_organization().send().await;
        let answer = answer.map_err(|error| Error::call(DESCRIBE_ORGANIZATION, &error))?;
        let found = answer
            .organization
            .ok_or_else(|| Error::unusable(DESCRIBE_ORGANIZATION, "no organization"))?;
        let features = found.feature_set.map(|it| it.as_str().to_owned());
        Ok(Organization {
            id: found.id.unwrap_or_default(),
            management: found.master_account_id.unwrap_or_default(),
            features: features.unwrap_or_default(),
        })
    }

    /// Whether Account Management has trusted access ([`ListAWSServiceAccessForOrganization`]).
    ///
    /// [`ListAWSServiceAccessForOrganization`]: https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAWSServiceAccessForOrganization.html
    ///
    /// # Errors
    /// [`Error::BrokenListing`] when AWS repeats a token, or whatever AWS answers but a list.
    pub async fn has_trusted_access(&self) -> Result<bool, Error> {
        let mut pages = Pages::new(LIST_TRUSTED);
        while !pages.ended {
            let call = self
                .organizations
                .list_aws_service_access_for_organization()
                .set_next_token(pages.token.clone());
            let answer = call.send().await;
            let page = answer.map_err(|error| Error::call(LIST_TRUSTED, &error))?;
            let mut enabled = listed(LIST_TRUSTED, page.enabled_service_principals)?.into_iter();
            if enabled.any(|it| it.service_principal.as_deref() == Some(PRINCIPAL)) {
                return Ok(true);
            }
            pages.follow(page.next_token)?;
        }
        Ok(false)
    }

    /// Whether an account is a delegated administrator for Account Management ([`ListDelegatedAdministrators`]).
    ///
    /// [`ListDelegatedAdministrators`]: https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListDelegatedAdministrators.html
    ///
    /// # Errors
    /// [`Error::BrokenListing`] when AWS repeats a token, or whatever AWS answers but a list.
    pub async fn is_delegated(&self, account: &AccountId) -> Result<bool, Error> {
        let mut pages = Pages::new(LIST_DELEGATED);
        while !pages.ended {
            let call = self
                .organizations
                .list_delegated_administrators()
                .service_principal(PRINCIPAL)
                .set_next_token(pages.token.clone());
            let answer = call.send().await;
            let page = answer.map_err(|error| Error::call(LIST_DELEGATED, &error))?;
            let mut found = listed(LIST_DELEGATED, page.delegated_administrators)?.into_iter();
            if found.any(|it| it.id.as_deref() == Some(account.as_str())) {
                return Ok(true);
            }
            pages.follow(page.next_token)?;
        }
        Ok(false)
    }

    /// The trails that this account sees, and what each of them is to this region ([`DescribeTrails`]).
    ///
    /// [`DescribeTrails`]: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DescribeTrails.html
    ///
    /// # Errors
    /// Whatever AWS answers but trails; of a single trail, whatever it answers but what that records.
    pub async fn trails(&self, region: &str) -> Result<Vec<Result<Trail, Error>>, Error> {
        let answer = self.cloudtrail.describe_trails().send().await;
        let answer = answer.map_err(|error| Error::call(DESCRIBE_TRAILS, &error))?;
        let mut trails = Vec::new();
        for described in listed(DESCRIBE_TRAILS, answer.trail_list)? {
            trails.push(self.trail(&described, region).await);
        }
        Ok(trails)
    }

    async fn trail(&self, described: &Described, region: &str) -> Result<Trail, Error> {
        let arn = described.trail_arn().unwrap_or_default();
        let is_everywhere = described.is_multi_region_trail == Some(true);
        let home = described.home_region().unwrap_or(region);
        Ok(Trail {
            is_here: is_everywhere || home == region,
            is_of_organization: described.is_organization_trail == Some(true),
            selectors: self.selectors(arn, home).await?,
            is_logging: self.is_logging(arn, home).await?,
        })
    }

    async fn is_logging(&self, trail: &str, home: &str) -> Result<bool, Error> {
        let call = self.cloudtrail.get_trail_status().name(trail);
        let answer = call.customize().config_override(at(home)).send().await;
        let answer = answer.map_err(|error| Error::call(GET_TRAIL_STATUS, &error))?;
        answer
            .is_logging
            .ok_or_else(|| Error::unusable(GET_TRAIL_STATUS, "no word on logging"))
    }

    async fn selectors(&self, trail: &str, home: &str) -> Result<Vec<Selector>, Error> {
        let call = self.cloudtrail.get_event_selectors().trail_name(trail);
        let answer = call.customize().config_override(at(home)).send().await;
        let answer = answer.map_err(|error| Error::call(GET_EVENT_SELECTORS, &error))?;
        // A trail has either the ones or the others.
        if answer.event_selectors.is_none() && answer.advanced_event_selectors.is_none() {
            return Err(Error::unusable(GET_EVENT_SELECTORS, "no selectors"));
        }
        let basic = answer.event_selectors().iter().map(basic);
        let advanced = answer.advanced_event_selectors().iter().map(advanced);
        Ok(basic.chain(advanced).collect())
    }

    /// How many confirmed subscriptions a topic has ([`GetTopicAttributes`]).
    ///
    /// [`GetTopicAttributes`]: https://docs.aws.amazon.com/sns/latest/api/API_GetTopicAttributes.html
    ///
    /// # Errors
    /// Whatever AWS answers but the topic.
    pub async fn subscriptions(&self, topic: &str) -> Result<u32, Error> {
        let answer = self
            .sns
            .get_topic_attributes()
            .topic_arn(topic)
            .send()
            .await;
        let answer = answer.map_err(|error| Error::call(GET_TOPIC, &error))?;
        let attributes = answer.attributes.unwrap_or_default();
        let confirmed = attributes.get("SubscriptionsConfirmed");
        confirmed
            .and_then(|count| count.parse().ok())
            .ok_or_else(|| Error::unusable(GET_TOPIC, "no count of subscriptions"))
    }

    /// How many messages wait in a queue, more or less ([`GetQueueAttributes`]).
    ///
    /// [`GetQueueAttributes`]: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html
    ///
    /// # Errors
    /// Whatever AWS answers but the queue.
    pub async fn waiting(&self, queue: &str) -> Result<u64, Error> {
        const COUNT: QueueAttributeName = QueueAttributeName::ApproximateNumberOfMessages;
        let call = self.sqs.get_queue_attributes().queue_url(queue);
        let answer = call.attribute_names(COUNT).send().await;
        let answer = answer.map_err(|error| Error::call(GET_QUEUE, &error))?;
        let count = answer.attributes.as_ref().and_then(|it| it.get(&COUNT));
        count
            .and_then(|count| count.parse().ok())
            .ok_or_else(|| Error::unusable(GET_QUEUE, "no count of messages"))
    }
}

/// Elsewhere than in its home region, CloudTrail does not know a trail's selectors.
fn at(region: &str) -> Builder {
    Builder::new().region(Region::new(region.to_owned()))
}

fn basic(selector: &EventSelector) -> Selector {
    Selector {
        // By default a selector includes management events, and all of them.
        has_management: selector.include_management_events != Some(false),
        is_read_only: selector.read_write_type == Some(ReadWriteType::ReadOnly),
    }
}

/// One that leaves out a service, too, is the owner's choice.
fn advanced(selector: &AdvancedEventSelector) -> Selector {
    let equals = |field: &str, value: &str| {
        let mut fields = selector.field_selectors().iter();
        fields.any(|it| it.field() == field && it.equals().iter().any(|it| it == value))
    };
    Selector {
        has_management: equals("eventCategory", "Management"),
        is_read_only: equals("readOnly", "true"),
    }
}
