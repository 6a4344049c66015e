// Membership, grain state and stream subscriptions. No audio and no text.

param name string
param location string
param subnetId string
param networkId string
@secure()
param password string
param standby bool
param workspaceId string

resource zone 'Microsoft.Network/privateDnsZones@2020-06-01' = {
  name: '${name}.private.postgres.database.azure.com'
  location: 'global'

  resource link 'virtualNetworkLinks' = {
    name: name
    location: 'global'
    properties: { registrationEnabled: false, virtualNetwork: { id: networkId } }
  }
}

resource server 'Microsoft.DBforPostgreSQL/flexibleServers@2024-08-01' = {
  name: name
  location: location
  sku: { name: 'Standard_D2ds_v5', tier: 'GeneralPurpose' }
  properties: {
    version: '16'
    administratorLogin: 'tts'
    administratorLoginPassword: password
    authConfig: { activeDirectoryAuth: 'Disabled', passwordAuth: 'Enabled' }
    storage: { storageSizeGB: 64, autoGrow: 'Enabled' }
    backup: { backupRetentionDays: 14, geoRedundantBackup: 'Disabled' }
    highAvailability: { mode: standby ? 'ZoneRedundant' : 'Disabled' }
    network: { delegatedSubnetResourceId: subnetId, privateDnsZoneArmResourceId: zone.id, publicNetworkAccess: 'Disabled' }
  }
  dependsOn: [zone::link]

  resource database 'databases' = {
    name: 'tts'
    properties: { charset: 'UTF8', collation: 'en_US.utf8' }
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'logs'
  scope: server
  properties: {
    workspaceId: workspaceId
    logs: [
      { category: 'PostgreSQLLogs', enabled: true }
    ]
  }
}

output host string = server.properties.fullyQualifiedDomainName
