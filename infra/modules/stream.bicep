// The stream between the functions that take events in and those that store them.

@description('Name of the Event Hubs namespace.')
param namespaceName string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Partitions of the hub.')
param partitions int

@description('Hours for which messages are kept.')
param retentionHours int

@description('Throughput units always paid for.')
param throughputUnits int

@description('Throughput units it grows to.')
param maximumThroughputUnits int

@description('Storage account that raw messages are archived in; empty for no archive.')
param captureAccountName string

@description('Whether only private endpoints reach it.')
param isPrivate bool

@description('Where its logs go.')
param workspaceId string

// The names are the app's: Cloud/CloudServices.cs.
var hubName = 'events'
var consumerGroupName = 'store'

var archive = empty(captureAccountName)
  ? null
  : {
      enabled: true
      encoding: 'Avro'
      intervalInSeconds: 300
      sizeLimitInBytes: 314572800
      skipEmptyArchives: true
      destination: {
        name: 'EventHubArchive.AzureBlockBlob'
        identity: {
          type: 'SystemAssigned'
        }
        properties: {
          storageAccountResourceId: resourceId('Microsoft.Storage/storageAccounts', captureAccountName)
          blobContainer: 'capture'
          archiveNameFormat: '{Namespace}/{EventHub}/{PartitionId}/{Year}/{Month}/{Day}/{Hour}/{Minute}/{Second}'
        }
      }
    }

resource namespace 'Microsoft.EventHub/namespaces@2024-01-01' = {
  name: namespaceName
  location: location
  tags: tags
  sku: {
    name: 'Standard'
    tier: 'Standard'
    capacity: throughputUnits
  }
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    disableLocalAuth: true
    minimumTlsVersion: '1.2'
    isAutoInflateEnabled: maximumThroughputUnits > throughputUnits
    maximumThroughputUnits: maximumThroughputUnits > throughputUnits ? maximumThroughputUnits : 0
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
  }

  resource hub 'eventhubs' = {
    name: hubName
    properties: {
      partitionCount: partitions
      retentionDescription: {
        cleanupPolicy: 'Delete'
        retentionTimeInHours: retentionHours
      }
      captureDescription: archive
    }
    dependsOn: empty(captureAccountName) ? [] : [captureAccess]

    // A group of its own: two readers of one group would each see a part of the stream.
    resource store 'consumergroups' = {
      name: consumerGroupName
    }
  }
}

resource captureAccount 'Microsoft.Storage/storageAccounts@2024-01-01' existing = if (!empty(captureAccountName)) {
  name: captureAccountName
}

resource captureAccess 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(captureAccountName)) {
  name: guid(resourceGroup().id, namespaceName, 'capture')
  scope: captureAccount
  properties: {
    // Storage Blob Data Contributor
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'ba92f5b4-2d11-453d-a403-e96b0029c9fe')
    principalId: namespace.identity.principalId
    principalType: 'ServicePrincipal'
  }
}

resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: namespace
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        category: 'OperationalLogs'
        enabled: true
      }
      {
        category: 'AutoScaleLogs'
        enabled: true
      }
    ]
    metrics: [
      {
        category: 'AllMetrics'
        enabled: true
      }
    ]
  }
}

@description('Name of the namespace.')
output namespaceName string = namespace.name

@description('Host name by which clients find it.')
output hostName string = replace(replace(namespace.properties.serviceBusEndpoint, 'https://', ''), ':443/', '')
