// What somebody should hear of before a user tells them. docs/operations/azure.md says what to do about each.

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Who hears of it; empty for alerts that only the portal shows.')
param email string

@description('Namespace of the stream.')
param streamName string

@description('Workspace with the app\'s measurements.')
param workspaceId string

@description('The app.')
param apiName string

resource stream 'Microsoft.EventHub/namespaces@2024-01-01' existing = {
  name: streamName
}

resource api 'Microsoft.Web/sites@2024-04-01' existing = {
  name: apiName
}

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(email)) {
  name: 'cairn-operators'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'cairn'
    enabled: true
    emailReceivers: [
      {
        name: 'operator'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

var metricActions = empty(email) ? [] : [{ actionGroupId: people.id }]
var queryActions = empty(email) ? [] : [people.id]

resource throttled 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'stream-throttled'
  location: 'global'
  tags: tags
  properties: {
    description: 'The stream turns messages away: more throughput units are needed. Senders are told to try later, and what does not fit waits in the spool.'
    severity: 2
    enabled: true
    scopes: [stream.id]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'throttled'
          metricNamespace: 'Microsoft.EventHub/namespaces'
          metricName: 'ThrottledRequests'
          operator: 'GreaterThan'
          threshold: 10
          timeAggregation: 'Total'
        }
      ]
    }
    actions: metricActions
  }
}

resource failing 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'requests-fail'
  location: 'global'
  tags: tags
  properties: {
    description: 'The app answers with server errors.'
    severity: 1
    enabled: true
    scopes: [api.id]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT5M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'server errors'
          metricNamespace: 'Microsoft.Web/sites'
          metricName: 'Http5xx'
          operator: 'GreaterThan'
          threshold: 5
          timeAggregation: 'Total'
        }
      ]
    }
    actions: metricActions
  }
}

// What only the app can measure; names of the measurements: docs/operations/monitoring.md.
var measured = [
  {
    name: 'consumer-behind'
    severity: 1
    description: 'Events wait more than two minutes between their arrival and their storage.'
    query: 'AppMetrics | where Name == "cairn.consumer.lag" | summarize Value = max(Max)'
    threshold: 120
  }
  {
    name: 'dead-letters'
    severity: 2
    description: 'Something that was accepted could not be read and waits to be looked at: GET /api/v1/dead-letters.'
    query: 'AppMetrics | where Name == "cairn.consumer.dead_letters" | summarize Value = sum(Sum)'
    threshold: 0
  }
  {
    name: 'spooling'
    severity: 2
    description: 'The stream does not take messages; they are kept in the spool and sent once it does.'
    query: 'AppMetrics | where Name == "cairn.spool.messages" | summarize Value = sum(Sum)'
    threshold: 0
  }
  {
    name: 'jobs-fail'
    severity: 2
    description: 'A function that no request starts has failed: the consumer, compaction, aggregates or the spool.'
    query: 'AppRequests | where Success == false and Name in ("Consume", "ReplaySpool", "CompactLake", "ErasePeople", "EventsByNameSchedule", "DailyReportsSchedule") | summarize Value = count()'
    threshold: 3
  }
]

resource measurements 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for rule in measured: {
    name: rule.name
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: rule.name
      description: rule.description
      severity: rule.severity
      enabled: true
      scopes: [workspaceId]
      evaluationFrequency: 'PT10M'
      windowSize: 'PT15M'
      // A new workspace has no such table until something was measured.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: rule.query
            metricMeasureColumn: 'Value'
            timeAggregation: 'Maximum'
            operator: 'GreaterThan'
            threshold: rule.threshold
            failingPeriods: {
              numberOfEvaluationPeriods: 1
              minFailingPeriodsToAlert: 1
            }
          }
        ]
      }
      autoMitigate: true
      actions: {
        actionGroups: queryActions
      }
    }
  }
]
