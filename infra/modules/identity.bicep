// Who the app is to every other resource.

@description('Name of the identity.')
param name string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: name
  location: location
  tags: tags
}

@description('Its name.')
output name string = identity.name

@description('Whom roles are given to.')
output principalId string = identity.properties.principalId
