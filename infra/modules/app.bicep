// One Functions app on Flex Consumption. Deployed twice from one package where queries have an app of their own.

@description('Name of the app.')
param name string

@description('Name of its plan; Flex Consumption has one app to a plan.')
param planName string

@description('Service of azure.yaml that azd deploys here.')
param serviceName string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('The app\'s identity.')
param identityName string

@description('Account of the Functions host.')
param hostStorageName string

@description('Account that holds blobs and tables.')
param lakeStorageName string

@description('The container that holds all blobs.')
param lakeContainer string

@description('Host name of the stream.')
param streamHostName string

@description('Application Insights component.')
param insightsName string

@description('Where its logs go.')
param workspaceId string

@description('Container that its package is deployed from.')
param deploymentContainer string

@description('Memory of one instance in MB.')
param instanceMemoryMB int

@description('Instances that each scaling group may grow to.')
param maximumInstances int

@description('Instances kept warm for HTTP.')
param alwaysReadyHttp int

@description('Instances kept warm for the consumer.')
param alwaysReadyConsumer int

@description('Whether the consumer and the timers run here; an app for queries leaves them to the other.')
param runsBackground bool

@description('SHA-256, in hex, of the key to the whole deployment.')
param adminKeySha256 string

@description('Settings of the engine that answers reports; none for the built-in one.')
param queryEngine object

@description('Subnet it reaches the others from; empty without a private network.')
param subnetId string

// Functions that no request starts; tests compare them with the code.
var backgroundFunctions = ['Consume', 'ReplaySpool', 'CompactLake', 'ErasePeople', 'EventsByNameSchedule', 'DailyReportsSchedule']

var alwaysReady = concat(
  alwaysReadyHttp > 0 ? [{ name: 'http', instanceCount: alwaysReadyHttp }] : [],
  runsBackground && alwaysReadyConsumer > 0 ? [{ name: 'function:Consume', instanceCount: alwaysReadyConsumer }] : []
)

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' existing = {
  name: identityName
}

resource hostStorage 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: hostStorageName
}

resource lakeStorage 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: lakeStorageName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    reserved: true
  }
}

resource app 'Microsoft.Web/sites@2024-04-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': serviceName })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identity.id}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    keyVaultReferenceIdentity: identity.id
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${hostStorage.properties.primaryEndpoints.blob}${deploymentContainer}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identity.id
          }
        }
      }
      runtime: {
        name: 'dotnet-isolated'
        version: '10.0'
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstances
        alwaysReady: alwaysReady
        triggers: {
          http: {
            // Small requests wait for the stream most of their time; reports take turns on the cores by themselves.
            perInstanceConcurrency: 64
          }
        }
      }
    }
    siteConfig: {
      minTlsVersion: '1.2'
      http20Enabled: true
      // The app answers browsers itself, with each project's own origins; the platform would answer before it.
      cors: {
        allowedOrigins: []
      }
    }
  }

  resource settings 'config' = {
    name: 'appsettings'
    properties: union(
      {
        AzureWebJobsStorage__credential: 'managedidentity'
        AzureWebJobsStorage__clientId: identity.properties.clientId
        AzureWebJobsStorage__blobServiceUri: hostStorage.properties.primaryEndpoints.blob
        AzureWebJobsStorage__queueServiceUri: hostStorage.properties.primaryEndpoints.queue
        AzureWebJobsStorage__tableServiceUri: hostStorage.properties.primaryEndpoints.table
        // '/' is the first page, not the host's.
        AzureWebJobsDisableHomepage: 'true'
        APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString
        APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.properties.clientId};Authorization=AAD'
        // Which identity DefaultAzureCredential takes.
        AZURE_CLIENT_ID: identity.properties.clientId
        EventHubs__fullyQualifiedNamespace: streamHostName
        EventHubs__credential: 'managedidentity'
        EventHubs__clientId: identity.properties.clientId
        Storage__blobServiceUri: lakeStorage.properties.primaryEndpoints.blob
        Storage__tableServiceUri: lakeStorage.properties.primaryEndpoints.table
        Storage__container: lakeContainer
        CAIRN_ADMIN_KEY_SHA256: adminKeySha256
        // Each batch becomes files, and each file requests that are paid for: here they wait longer than on one machine (host.json), and are in reports within ten seconds still.
        AzureFunctionsJobHost__extensions__eventHubs__maxWaitTime: '00:00:04'
        // Each run is paid for a second at least, whether or not it finds work.
        Schedules__CompactLake: '0 * * * * *'
        Schedules__EventsByName: '0 */5 * * * *'
        Schedules__ErasePeople: '15 * * * * *'
        Schedules__ReplaySpool: '30 * * * * *'
      },
      queryEngine,
      runsBackground ? {} : toObject(backgroundFunctions, function => 'AzureWebJobs.${function}.Disabled', function => 'true')
    )
  }

  resource noFtp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: {
      allow: false
    }
  }

  resource noScm 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: {
      allow: false
    }
  }
}

// Metrics only: the platform's HTTP log has whole addresses with their queries, and a query can hold an event.
resource metrics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: app
  properties: {
    workspaceId: workspaceId
    metrics: [
      {
        category: 'AllMetrics'
        enabled: true
      }
    ]
  }
}

@description('Name of the app.')
output name string = app.name

@description('Its address.')
output uri string = 'https://${app.properties.defaultHostName}'
