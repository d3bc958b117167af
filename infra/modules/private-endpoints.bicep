// An address inside the network for each service that the app uses, and the names that lead to it.

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('The network in which the names hold.')
param networkId string

@description('Subnet that the addresses come from.')
param subnetId string

@description('Account that holds blobs and tables.')
param lakeName string

@description('Account of the Functions host.')
param hostName string

@description('Namespace of the stream.')
param streamName string

resource lake 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: lakeName
}

resource host 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: hostName
}

resource stream 'Microsoft.EventHub/namespaces@2024-01-01' existing = {
  name: streamName
}

var zoneNames = [
  'privatelink.blob.${environment().suffixes.storage}'
  'privatelink.table.${environment().suffixes.storage}'
  'privatelink.queue.${environment().suffixes.storage}'
  // Bicep knows no suffix of Event Hubs; this is the public cloud's.
  'privatelink.servicebus.windows.net'
]

var targetIds = [lake.id, host.id, stream.id]

// Each with its place among the targets and among the zones.
var endpoints = [
  { name: 'lake-blob', target: 0, part: 'blob', zone: 0 }
  { name: 'lake-table', target: 0, part: 'table', zone: 1 }
  { name: 'host-blob', target: 1, part: 'blob', zone: 0 }
  { name: 'host-table', target: 1, part: 'table', zone: 1 }
  { name: 'host-queue', target: 1, part: 'queue', zone: 2 }
  { name: 'stream', target: 2, part: 'namespace', zone: 3 }
]

resource zones 'Microsoft.Network/privateDnsZones@2024-06-01' = [
  for zone in zoneNames: {
    name: zone
    location: 'global'
    tags: tags
  }
]

resource links 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [
  for index in range(0, length(zoneNames)): {
    parent: zones[index]
    name: 'network'
    location: 'global'
    tags: tags
    properties: {
      registrationEnabled: false
      virtualNetwork: {
        id: networkId
      }
    }
  }
]

resource privateEndpoints 'Microsoft.Network/privateEndpoints@2024-05-01' = [
  for endpoint in endpoints: {
    name: 'pe-${endpoint.name}'
    location: location
    tags: tags
    properties: {
      subnet: {
        id: subnetId
      }
      privateLinkServiceConnections: [
        {
          name: endpoint.name
          properties: {
            privateLinkServiceId: targetIds[endpoint.target]
            groupIds: [endpoint.part]
          }
        }
      ]
    }
  }
]

resource names 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-05-01' = [
  for (endpoint, index) in endpoints: {
    parent: privateEndpoints[index]
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [
        {
          name: endpoint.part
          properties: {
            privateDnsZoneId: zones[endpoint.zone].id
          }
        }
      ]
    }
  }
]
