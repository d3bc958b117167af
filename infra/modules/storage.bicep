// Two accounts: the lake with everything that is kept, and the host's own with checkpoints, leases and packages, whose traffic is its own.
// The lake has neither versions nor soft delete nor a hierarchical namespace: what an erasure deletes must be gone, and no reader needs renames.

@description('Name of the account that holds blobs and tables.')
@minLength(3)
param lakeName string

@description('Name of the account of the Functions host.')
@minLength(3)
param hostName string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Redundancy of the lake; the host\'s account can be made anew and is local.')
param redundancy string

@description('Containers that packages are deployed from, one for each app.')
param deploymentContainers string[]

@description('Whether the stream archives its raw messages in the host\'s account.')
param hasArchive bool

@description('Whether only private endpoints reach them.')
param isPrivate bool

@description('Where their logs go.')
param workspaceId string

var lakeContainerName = 'cairn'

var common = {
  accessTier: 'Hot'
  allowBlobPublicAccess: false
  allowSharedKeyAccess: false
  allowCrossTenantReplication: false
  defaultToOAuthAuthentication: true
  minimumTlsVersion: 'TLS1_2'
  supportsHttpsTrafficOnly: true
  publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
  networkAcls: {
    defaultAction: isPrivate ? 'Deny' : 'Allow'
    bypass: 'None'
  }
}

resource lake 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: take(lakeName, 24)
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: redundancy
  }
  properties: union(common, { isHnsEnabled: false })

  resource blobs 'blobServices' = {
    name: 'default'
    properties: {
      isVersioningEnabled: false
      changeFeed: {
        enabled: false
      }
      restorePolicy: {
        enabled: false
      }
      deleteRetentionPolicy: {
        enabled: false
      }
      containerDeleteRetentionPolicy: {
        enabled: false
      }
    }

    resource container 'containers' = {
      name: lakeContainerName
      properties: {
        publicAccess: 'None'
      }
    }
  }

  resource tables 'tableServices' = {
    name: 'default'
  }
}

resource host 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: take(hostName, 24)
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: 'Standard_LRS'
  }
  properties: common

  resource blobs 'blobServices' = {
    name: 'default'

    // Checkpoints change every second: kept versions of them would cost more than everything else in the account.
    properties: {
      isVersioningEnabled: false
      deleteRetentionPolicy: {
        enabled: false
      }
    }

    resource packages 'containers' = [
      for container in deploymentContainers: {
        name: container
        properties: {
          publicAccess: 'None'
        }
      }
    ]

    resource archive 'containers' = if (hasArchive) {
      name: 'capture'
      properties: {
        publicAccess: 'None'
      }
    }
  }
}

resource lakeBlobLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: lake::blobs
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        category: 'StorageDelete'
        enabled: true
      }
    ]
    metrics: [
      {
        category: 'Transaction'
        enabled: true
      }
    ]
  }
}

resource lakeTableLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: lake::tables
  properties: {
    workspaceId: workspaceId
    metrics: [
      {
        category: 'Transaction'
        enabled: true
      }
    ]
  }
}

@description('Name of the lake\'s account.')
output lakeName string = lake.name

@description('Name of the host\'s account.')
output hostName string = host.name

@description('The container that holds all blobs.')
output lakeContainer string = lakeContainerName

@description('The lake\'s blob service.')
output lakeBlobUri string = lake.properties.primaryEndpoints.blob

@description('The lake\'s table service.')
output lakeTableUri string = lake.properties.primaryEndpoints.table
