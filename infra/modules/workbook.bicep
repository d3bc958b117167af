// One page with what an operator looks at. Names of the measurements: docs/operations/monitoring.md.

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Application Insights component that it asks.')
param insightsName string

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(insights.id, 'cairn')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'Cairn'
    category: 'workbook'
    sourceId: insights.id
    serializedData: loadTextContent('../workbook.json')
  }
}
