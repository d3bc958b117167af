// A network for the app's way to its storage and stream; the app itself stays reachable, for SDKs send from anywhere.

@description('Name of the network.')
param name string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Whether queries have an app of their own, which needs a subnet of its own.')
param hasQueryApp bool

// Flex Consumption: a subnet to a plan, delegated, its name without underscores; an instance takes an address, and /26 has 59.
var appSubnet = {
  delegations: [
    {
      name: 'flex'
      properties: {
        serviceName: 'Microsoft.App/environments'
      }
    }
  ]
  defaultOutboundAccess: true
}

resource network 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    addressSpace: {
      addressPrefixes: ['10.0.0.0/16']
    }
    subnets: concat(
      [
        {
          name: 'endpoints'
          properties: {
            addressPrefix: '10.0.1.0/24'
            privateEndpointNetworkPolicies: 'Disabled'
          }
        }
        {
          name: 'api'
          properties: union(appSubnet, { addressPrefix: '10.0.2.0/26' })
        }
      ],
      hasQueryApp
        ? [
            {
              name: 'query'
              properties: union(appSubnet, { addressPrefix: '10.0.3.0/26' })
            }
          ]
        : []
    )
  }
}

@description('The network.')
output networkId string = network.id

@description('Subnet of the private endpoints.')
output endpointSubnetId string = '${network.id}/subnets/endpoints'

@description('Subnet of the app that takes events in.')
output apiSubnetId string = '${network.id}/subnets/api'

@description('Subnet of the app for queries; empty where there is none.')
output querySubnetId string = hasQueryApp ? '${network.id}/subnets/query' : ''
