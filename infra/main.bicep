// Cairn on Azure: one resource group with a Functions app on Flex Consumption, Event Hubs, two storage accounts and a place for logs.
// Nothing in it has a key: every connection is the app's own identity with the least role that does.
targetScope = 'subscription'

@description('Name of the environment; it names the resource group and tags everything in it.')
@minLength(1)
@maxLength(64)
param environmentName string

@description('Azure region of everything. It must offer Flex Consumption.')
@metadata({ azd: { type: 'location' } })
param location string

@description('SHA-256, in hex, of the key that may do everything in all projects; the key itself is known to nobody but who made it.')
@minLength(64)
@maxLength(64)
param adminKeySha256 string

@description('Where alerts and the budget write to; empty for alerts that only the portal shows, and no budget.')
param alertEmail string = ''

@description('What may be spent a month before a mail is sent, in the subscription\'s currency.')
@minValue(1)
param monthlyBudget int = 100

@description('First day of the month from which the budget counts, yyyy-MM-dd. It can\'t change once the budget is there.')
param budgetStart string = utcNow('yyyy-MM-01')

@description('Partitions of the stream. Fixed once made: at least the megabytes a second at the busiest time, and as many consumers as may ever run side by side.')
@minValue(1)
@maxValue(32)
param streamPartitions int = 8

@description('Hours for which the stream keeps messages: how long storage may be away before anything is lost, and how long an erasure stays pending.')
@minValue(24)
@maxValue(168)
param streamRetentionHours int = 72

@description('Throughput units of the stream that are always paid for; each takes 1 MB/s in.')
@minValue(1)
@maxValue(40)
param streamThroughputUnits int = 1

@description('Throughput units to which the stream grows by itself when it is throttled.')
@minValue(1)
@maxValue(40)
param streamMaximumThroughputUnits int = 10

@description('Whether Event Hubs also archives the raw messages. An erasure does not reach this archive, so it is off unless you look after it yourself.')
param captureEnabled bool = false

@description('Memory of one instance in MB: 2048 has one core, 4096 two. Reports hold the columns they read in it.')
@allowed([2048, 4096])
param instanceMemoryMB int = 2048

@description('Instances that each scaling group may grow to.')
@minValue(40)
@maxValue(1000)
param maximumInstances int = 40

@description('Instances kept warm for HTTP. 0 costs nothing while idle, and the first request after a pause waits for a cold start.')
@minValue(0)
@maxValue(20)
param alwaysReadyHttp int = 0

@description('Instances kept warm for the consumer. 1 shows events within 10 seconds of their arrival after a pause, too.')
@minValue(0)
@maxValue(20)
param alwaysReadyConsumer int = 0

@description('Whether reports get an app of their own from the same package, with caches that a burst of ingestion does not empty.')
param splitQuery bool = false

@description('HTTP interface of a ClickHouse of yours that answers reports; empty for the built-in engine.')
param clickHouseUrl string = ''

@description('Who asks ClickHouse.')
param clickHouseUser string = 'default'

@description('Key Vault reference of that user\'s password, @Microsoft.KeyVault(SecretUri=...): the app\'s identity must be allowed to read it.')
param clickHouseAccessReference string = ''

@description('Key Vault reference of the connection string by which ClickHouse reads the lake; one that only reads.')
param clickHouseLakeReference string = ''

@description('Cluster whose nodes share the reading; empty for one server.')
param clickHouseCluster string = ''

@description('Whether the stream and the storage accounts are reached through a private network only.')
param privateNetwork bool = false

@description('Redundancy of the stored data.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS'])
param storageRedundancy string = 'Standard_LRS'

@description('Days for which logs are kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 30

@description('Who deploys: gets the same roles on the data as the app, to run Cairn against it from a machine. Empty for nobody.')
param principalId string = deployer().objectId

@description('What kind of identity deploys.')
@allowed(['User', 'ServicePrincipal', 'Group'])
param principalType string = 'User'

var token = toLower(uniqueString(subscription().id, environmentName, location))
var tags = { 'azd-env-name': environmentName }
var apiName = 'func-api-${token}'
var queryName = 'func-query-${token}'
// Names: docs/operations/clickhouse.md.
var queryEngine = empty(clickHouseUrl) ? {} : union(
  {
    QueryEngine__Kind: 'clickhouse'
    QueryEngine__Url: clickHouseUrl
    QueryEngine__User: clickHouseUser
    QueryEngine__Password: clickHouseAccessReference
    QueryEngine__LakeConnection: clickHouseLakeReference
    QueryEngine__LakeContainer: storage.outputs.lakeContainer
  },
  empty(clickHouseCluster) ? {} : { QueryEngine__Cluster: clickHouseCluster }
)
var deploymentContainers = {
  api: 'app-package-api'
  query: 'app-package-query'
}

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

module identity 'modules/identity.bicep' = {
  name: 'identity'
  scope: group
  params: {
    name: 'id-cairn-${token}'
    location: location
    tags: tags
  }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  scope: group
  params: {
    workspaceName: 'log-${token}'
    insightsName: 'appi-${token}'
    location: location
    tags: tags
    retentionDays: logRetentionDays
  }
}

module network 'modules/network.bicep' = if (privateNetwork) {
  name: 'network'
  scope: group
  params: {
    name: 'vnet-${token}'
    location: location
    tags: tags
    hasQueryApp: splitQuery
  }
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  scope: group
  params: {
    lakeName: 'stlake${token}'
    hostName: 'sthost${token}'
    location: location
    tags: tags
    redundancy: storageRedundancy
    deploymentContainers: splitQuery ? [deploymentContainers.api, deploymentContainers.query] : [deploymentContainers.api]
    hasArchive: captureEnabled
    isPrivate: privateNetwork
    workspaceId: monitoring.outputs.workspaceId
  }
}

module stream 'modules/stream.bicep' = {
  name: 'stream'
  scope: group
  params: {
    namespaceName: 'evhns-${token}'
    location: location
    tags: tags
    partitions: streamPartitions
    retentionHours: streamRetentionHours
    throughputUnits: streamThroughputUnits
    maximumThroughputUnits: streamMaximumThroughputUnits
    captureAccountName: captureEnabled ? storage.outputs.hostName : ''
    isPrivate: privateNetwork
    workspaceId: monitoring.outputs.workspaceId
  }
}

module endpoints 'modules/private-endpoints.bicep' = if (privateNetwork) {
  name: 'private-endpoints'
  scope: group
  params: {
    location: location
    tags: tags
    networkId: network!.outputs.networkId
    subnetId: network!.outputs.endpointSubnetId
    lakeName: storage.outputs.lakeName
    hostName: storage.outputs.hostName
    streamName: stream.outputs.namespaceName
  }
}

module access 'modules/access.bicep' = {
  name: 'access'
  scope: group
  params: {
    appPrincipalId: identity.outputs.principalId
    deployerPrincipalId: principalId
    deployerPrincipalType: principalType
    lakeName: storage.outputs.lakeName
    hostName: storage.outputs.hostName
    streamName: stream.outputs.namespaceName
    insightsName: monitoring.outputs.insightsName
  }
}

// Roles first: an app that starts before it may read its storage looks broken for minutes.
module api 'modules/app.bicep' = {
  name: 'api'
  scope: group
  params: {
    name: apiName
    planName: 'plan-api-${token}'
    serviceName: 'api'
    location: location
    tags: tags
    identityName: identity.outputs.name
    hostStorageName: storage.outputs.hostName
    lakeStorageName: storage.outputs.lakeName
    lakeContainer: storage.outputs.lakeContainer
    streamHostName: stream.outputs.hostName
    insightsName: monitoring.outputs.insightsName
    workspaceId: monitoring.outputs.workspaceId
    deploymentContainer: deploymentContainers.api
    instanceMemoryMB: instanceMemoryMB
    maximumInstances: maximumInstances
    alwaysReadyHttp: alwaysReadyHttp
    alwaysReadyConsumer: alwaysReadyConsumer
    runsBackground: true
    adminKeySha256: adminKeySha256
    queryEngine: queryEngine
    subnetId: network.?outputs.?apiSubnetId ?? ''
  }
  dependsOn: [access, endpoints]
}

module query 'modules/app.bicep' = if (splitQuery) {
  name: 'query'
  scope: group
  params: {
    name: queryName
    planName: 'plan-query-${token}'
    serviceName: 'query'
    location: location
    tags: tags
    identityName: identity.outputs.name
    hostStorageName: storage.outputs.hostName
    lakeStorageName: storage.outputs.lakeName
    lakeContainer: storage.outputs.lakeContainer
    streamHostName: stream.outputs.hostName
    insightsName: monitoring.outputs.insightsName
    workspaceId: monitoring.outputs.workspaceId
    deploymentContainer: deploymentContainers.query
    instanceMemoryMB: 4096
    maximumInstances: maximumInstances
    alwaysReadyHttp: alwaysReadyHttp
    alwaysReadyConsumer: 0
    runsBackground: false
    adminKeySha256: adminKeySha256
    queryEngine: queryEngine
    subnetId: network.?outputs.?querySubnetId ?? ''
  }
  dependsOn: [access, endpoints]
}

module alerts 'modules/alerts.bicep' = {
  name: 'alerts'
  scope: group
  params: {
    location: location
    tags: tags
    email: alertEmail
    streamName: stream.outputs.namespaceName
    workspaceId: monitoring.outputs.workspaceId
    apiName: api.outputs.name
  }
}

module workbook 'modules/workbook.bicep' = {
  name: 'workbook'
  scope: group
  params: {
    location: location
    tags: tags
    insightsName: monitoring.outputs.insightsName
  }
}

module budget 'modules/budget.bicep' = if (!empty(alertEmail)) {
  name: 'budget'
  scope: group
  params: {
    name: 'budget-${environmentName}'
    amount: monthlyBudget
    startDate: budgetStart
    email: alertEmail
  }
}

@description('Region of the deployment.')
output AZURE_LOCATION string = location

@description('Tenant of the deployment.')
output AZURE_TENANT_ID string = tenant().tenantId

@description('Resource group of the deployment.')
output AZURE_RESOURCE_GROUP string = group.name

@description('Name of the app, as azd looks for it.')
output SERVICE_API_NAME string = api.outputs.name

@description('Where SDKs send and pages are: the first page is this address itself.')
output SERVICE_API_URI string = api.outputs.uri

@description('Where reports are asked for; the same address unless queries have an app of their own.')
output SERVICE_QUERY_URI string = splitQuery ? query!.outputs.uri : api.outputs.uri

@description('How a page that uses Mixpanel\'s library is pointed here; the token is printed after the first deployment.')
output CAIRN_SDK_SNIPPET string = 'mixpanel.init("<token>", { api_host: "${api.outputs.uri}" })'

@description('The blob service that holds the lake, to run Cairn against it from a machine.')
output STORAGE__BLOBSERVICEURI string = storage.outputs.lakeBlobUri

@description('The table service that holds projects and people.')
output STORAGE__TABLESERVICEURI string = storage.outputs.lakeTableUri

@description('The stream\'s namespace.')
output EVENTHUBS__FULLYQUALIFIEDNAMESPACE string = stream.outputs.hostName
