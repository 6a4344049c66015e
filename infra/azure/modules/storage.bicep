// The archive: no key, no anonymous access, no address on the internet. Who writes says who it is.

param name string
param location string
param subnetId string
param networkId string
param keepDeletedDays int
param workspaceId string

var containerName = 'tts'

resource account 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: name
  location: location
  kind: 'StorageV2'
  sku: { name: 'Standard_ZRS' }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    publicNetworkAccess: 'Disabled'
    supportsHttpsTrafficOnly: true
    networkAcls: { defaultAction: 'Deny', bypass: 'None' }
  }

  resource blobs 'blobServices' = {
    name: 'default'
    properties: {
      deleteRetentionPolicy: keepDeletedDays > 0 ? { enabled: true, days: keepDeletedDays } : { enabled: false }
      containerDeleteRetentionPolicy: { enabled: true, days: 7 }
    }

    resource container 'containers' = {
      name: containerName
      properties: { publicAccess: 'None' }
    }
  }
}

resource zone 'Microsoft.Network/privateDnsZones@2020-06-01' = {
  name: 'privatelink.blob.${environment().suffixes.storage}'
  location: 'global'

  resource link 'virtualNetworkLinks' = {
    name: name
    location: 'global'
    properties: { registrationEnabled: false, virtualNetwork: { id: networkId } }
  }
}

resource endpoint 'Microsoft.Network/privateEndpoints@2024-05-01' = {
  name: '${name}-blob'
  location: location
  properties: {
    subnet: { id: subnetId }
    privateLinkServiceConnections: [
      {
        name: 'blob'
        properties: { privateLinkServiceId: account.id, groupIds: ['blob'] }
      }
    ]
  }

  resource names 'privateDnsZoneGroups' = {
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [
        {
          name: 'blob'
          properties: { privateDnsZoneId: zone.id }
        }
      ]
    }
  }
}

// Who deleted what. Reads and writes are many, and name sessions.
resource audit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'audit'
  scope: account::blobs
  properties: {
    workspaceId: workspaceId
    logs: [
      { category: 'StorageDelete', enabled: true }
    ]
  }
}

output name string = account.name
output serviceUri string = account.properties.primaryEndpoints.blob
output containerName string = containerName
