// Roles, each on one resource: the app's, and the same on data for whoever deploys.

@description('The app\'s identity.')
param appPrincipalId string

@description('Who deploys; empty for nobody.')
param deployerPrincipalId string

@description('What kind of identity deploys.')
param deployerPrincipalType string

@description('Account that holds blobs and tables.')
param lakeName string

@description('Account of the Functions host.')
param hostName string

@description('Namespace of the stream.')
param streamName string

@description('Application Insights component.')
param insightsName string

// https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
var roles = {
  storageBlobDataOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  storageBlobDataContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
  storageTableDataContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
  eventHubsDataReceiver: 'a638d3c7-ab3a-418d-83e6-5f17a39d4fde'
  eventHubsDataSender: '2b629674-e913-4c01-ae53-ef4638d8f975'
  monitoringMetricsPublisher: '3913510d-42f4-4e42-8a64-420c390055eb'
}

var lakeRoles = [roles.storageBlobDataContributor, roles.storageTableDataContributor]
// The host's locks, checkpoints and packages; its tables hold events of its own.
var hostRoles = [roles.storageBlobDataOwner, roles.storageTableDataContributor]
var streamRoles = [roles.eventHubsDataReceiver, roles.eventHubsDataSender]

var app = {
  id: appPrincipalId
  type: 'ServicePrincipal'
}
var people = empty(deployerPrincipalId)
  ? [app]
  : [
      app
      {
        id: deployerPrincipalId
        type: deployerPrincipalType
      }
    ]

resource lake 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: lakeName
}

resource host 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: hostName
}

resource stream 'Microsoft.EventHub/namespaces@2024-01-01' existing = {
  name: streamName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource onLake 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for index in range(0, length(lakeRoles) * length(people)): {
    name: guid(lake.id, people[index / length(lakeRoles)].id, lakeRoles[index % length(lakeRoles)])
    scope: lake
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', lakeRoles[index % length(lakeRoles)])
      principalId: people[index / length(lakeRoles)].id
      principalType: people[index / length(lakeRoles)].type
    }
  }
]

resource onStream 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for index in range(0, length(streamRoles) * length(people)): {
    name: guid(stream.id, people[index / length(streamRoles)].id, streamRoles[index % length(streamRoles)])
    scope: stream
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', streamRoles[index % length(streamRoles)])
      principalId: people[index / length(streamRoles)].id
      principalType: people[index / length(streamRoles)].type
    }
  }
]

resource onHost 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in hostRoles: {
    name: guid(host.id, appPrincipalId, role)
    scope: host
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
      principalId: appPrincipalId
      principalType: 'ServicePrincipal'
    }
  }
]

resource onInsights 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(insights.id, appPrincipalId, roles.monitoringMetricsPublisher)
  scope: insights
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.monitoringMetricsPublisher)
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
  }
}
