// The cluster: pods reach each other by TCP, network policies hold, pods have identities, KEDA scales.

param name string
param location string
param networkName string
param subnetName string
param registryName string
param administratorGroupId string
param authorizedRanges string[]
param nodeSize string
param nodeRange { min: int, max: int }
param workspaceId string

var networkContributor = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4d97b98b-1d4f-4787-a291-c67834d212e7')
var acrPull = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '7f951dda-4ed3-4680-a7ca-43fe172d538d')

resource network 'Microsoft.Network/virtualNetworks@2024-05-01' existing = {
  name: networkName

  resource nodes 'subnets' existing = { name: subnetName }
}

resource registry 'Microsoft.ContainerRegistry/registries@2023-07-01' existing = { name: registryName }

resource control 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${name}-kubernetes'
  location: location
}

resource joins 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(network::nodes.id, control.id, networkContributor)
  scope: network::nodes
  properties: { principalId: control.properties.principalId, principalType: 'ServicePrincipal', roleDefinitionId: networkContributor }
}

resource cluster 'Microsoft.ContainerService/managedClusters@2024-09-01' = {
  name: name
  location: location
  sku: { name: 'Base', tier: 'Standard' }
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${control.id}': {} } }
  properties: {
    dnsPrefix: name
    disableLocalAccounts: true
    enableRBAC: true
    aadProfile: { managed: true, enableAzureRBAC: false, adminGroupObjectIDs: [administratorGroupId] }
    apiServerAccessProfile: empty(authorizedRanges) ? {} : { authorizedIPRanges: authorizedRanges }
    oidcIssuerProfile: { enabled: true }
    securityProfile: { workloadIdentity: { enabled: true } }
    workloadAutoScalerProfile: { keda: { enabled: true } }
    autoUpgradeProfile: { upgradeChannel: 'patch', nodeOSUpgradeChannel: 'NodeImage' }
    networkProfile: {
      networkPlugin: 'azure'
      networkPluginMode: 'overlay'
      networkDataplane: 'cilium'
      networkPolicy: 'cilium'
      podCidr: '10.244.0.0/16'
      serviceCidr: '10.41.0.0/16'
      dnsServiceIP: '10.41.0.10'
    }
    addonProfiles: {
      omsagent: { enabled: true, config: { logAnalyticsWorkspaceResourceID: workspaceId, useAADAuth: 'true' } }
    }
    agentPoolProfiles: [
      {
        name: 'system'
        mode: 'System'
        vmSize: 'Standard_D2ds_v5'
        osSKU: 'AzureLinux'
        enableAutoScaling: true
        count: 2
        minCount: 2
        maxCount: 3
        availabilityZones: ['1', '2', '3']
        vnetSubnetID: network::nodes.id
        nodeTaints: ['CriticalAddonsOnly=true:NoSchedule']
      }
      {
        name: 'speech'
        mode: 'User'
        vmSize: nodeSize
        osSKU: 'AzureLinux'
        enableAutoScaling: true
        count: nodeRange.min
        minCount: nodeRange.min
        maxCount: nodeRange.max
        availabilityZones: ['1', '2', '3']
        vnetSubnetID: network::nodes.id
        // A node waits for the pods that it drains: as long as an API host's contexts may take, an hour at most, and a little.
        upgradeSettings: { maxSurge: '1', drainTimeoutInMinutes: 65 }
      }
    ]
  }
  dependsOn: [joins]
}

resource pulls 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(registry.id, cluster.id, acrPull)
  scope: registry
  properties: {
    principalId: cluster.properties.identityProfile.kubeletidentity.objectId
    principalType: 'ServicePrincipal'
    roleDefinitionId: acrPull
  }
}

// What the agent on the nodes collects: what containers say, and what happens to pods.
resource collection 'Microsoft.Insights/dataCollectionRules@2023-03-11' = {
  name: '${name}-containers'
  location: location
  kind: 'Linux'
  properties: {
    dataSources: {
      extensions: [
        {
          name: 'ContainerInsightsExtension'
          extensionName: 'ContainerInsights'
          streams: ['Microsoft-ContainerLogV2', 'Microsoft-KubeEvents', 'Microsoft-KubePodInventory']
          extensionSettings: { dataCollectionSettings: { interval: '1m', namespaceFilteringMode: 'Off', enableContainerLogV2: true } }
        }
      ]
    }
    destinations: {
      logAnalytics: [
        { name: 'workspace', workspaceResourceId: workspaceId }
      ]
    }
    dataFlows: [
      { streams: ['Microsoft-ContainerLogV2', 'Microsoft-KubeEvents', 'Microsoft-KubePodInventory'], destinations: ['workspace'] }
    ]
  }
}

resource collects 'Microsoft.Insights/dataCollectionRuleAssociations@2023-03-11' = {
  name: 'ContainerInsightsExtension'
  scope: cluster
  properties: { dataCollectionRuleId: collection.id }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'control-plane'
  scope: cluster
  properties: {
    workspaceId: workspaceId
    logs: [
      { category: 'kube-audit-admin', enabled: true }
      { category: 'guard', enabled: true }
      { category: 'cluster-autoscaler', enabled: true }
    ]
  }
}

output name string = cluster.name
output issuer string = cluster.properties.oidcIssuerProfile.issuerURL
