// Everything in Azure that a cluster needs, in one resource group:
//   az group create -n speech -l westeurope
//   az deployment group create -g speech -f main.bicep -p main.bicepparam
// AKS and not Container Apps: silos speak TCP to each other, pod to pod, and each keeps a spool on a volume that outlives it. The replicas of a container
// app cannot be addressed one by one, and have no volumes of their own.

targetScope = 'resourceGroup'

@description('Begins the name of everything; lower-case letters and digits.')
@minLength(3)
@maxLength(11)
param name string

@description('Where. Needs availability zones.')
param location string = resourceGroup().location

@description('The password of the database\'s administrator.')
@secure()
@minLength(16)
param databasePassword string

@description('The object id of the Entra group whose members administer the Kubernetes cluster.')
param administratorGroupId string

@description('From where the Kubernetes API may be reached, as CIDR ranges. Empty: from everywhere, with an Entra credential.')
param authorizedRanges string[] = []

@description('The Kubernetes namespace of the release.')
param namespace string = 'tts'

@description('The service account of the release: the release\'s name, with "-ttsgrains" behind it unless that is in it.')
param serviceAccount string = 'ttsgrains'

@description('The size of a node. One silo asks for one processor.')
param nodeSize string = 'Standard_D4ds_v5'

@description('The fewest and the most nodes for silos and API hosts.')
param nodeRange { min: int, max: int } = { min: 3, max: 9 }

@description('Whether the database has a stand-by in another zone.')
param databaseStandby bool = true

@description('For how many days what was deleted in the archive can be had back. An erased session is gone for good after that; 0: at once.')
@minValue(0)
@maxValue(365)
param keepDeletedDays int = 7

var suffix = uniqueString(resourceGroup().id, name)

module network 'modules/network.bicep' = {
  name: 'network'
  params: { name: name, location: location }
}

module logs 'modules/logs.bicep' = {
  name: 'logs'
  params: { name: name, location: location }
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  params: {
    name: take('${name}${suffix}', 24)
    location: location
    subnetId: network.outputs.endpointsSubnetId
    networkId: network.outputs.networkId
    keepDeletedDays: keepDeletedDays
    workspaceId: logs.outputs.workspaceId
  }
}

module postgres 'modules/postgres.bicep' = {
  name: 'postgres'
  params: {
    name: '${name}-${suffix}'
    location: location
    subnetId: network.outputs.postgresSubnetId
    networkId: network.outputs.networkId
    password: databasePassword
    standby: databaseStandby
    workspaceId: logs.outputs.workspaceId
  }
}

module registry 'modules/registry.bicep' = {
  name: 'registry'
  params: { name: take('${name}${suffix}', 50), location: location }
}

module kubernetes 'modules/kubernetes.bicep' = {
  name: 'kubernetes'
  params: {
    name: name
    location: location
    networkName: network.outputs.networkName
    subnetName: network.outputs.nodesSubnetName
    registryName: registry.outputs.name
    administratorGroupId: administratorGroupId
    authorizedRanges: authorizedRanges
    nodeSize: nodeSize
    nodeRange: nodeRange
    workspaceId: logs.outputs.workspaceId
  }
}

module identity 'modules/identity.bicep' = {
  name: 'identity'
  params: {
    name: '${name}-service'
    location: location
    issuer: kubernetes.outputs.issuer
    namespace: namespace
    serviceAccount: serviceAccount
    storageName: storage.outputs.name
    containerName: storage.outputs.containerName
  }
}

@description('For the chart: azureWorkloadIdentity.clientId.')
output clientId string = identity.outputs.clientId

@description('For the chart: settings "Archive:ServiceUri".')
output archiveServiceUri string = storage.outputs.serviceUri

@description('For the chart: settings "Archive:Container".')
output archiveContainer string = storage.outputs.containerName

@description('For the connection string in the chart\'s secret: Host=…;Database=tts;Username=…;Password=…;SSL Mode=VerifyFull.')
output databaseHost string = postgres.outputs.host

@description('For the chart: image.registry.')
output registryServer string = registry.outputs.server

@description('For az aks get-credentials.')
output kubernetesName string = kubernetes.outputs.name
