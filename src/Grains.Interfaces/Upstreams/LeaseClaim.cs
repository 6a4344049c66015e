using System.Collections.Immutable;
using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.Grains.Interfaces.Upstreams;

/// <summary>All that a silo has and wants of one upstream's leases.</summary>
/// <param name="Silo">The silo's address.</param>
/// <param name="Epoch">The life of the upstream's grain that the silo knows of; empty when it knows of none.</param>
/// <param name="Number">Counts its claims: what is overtaken by a later one is not heard.</param>
/// <param name="Held">How many leases are in use there.</param>
/// <param name="Requests">Those that wait for one, who came first first; also those whose lease was granted and is not in use yet.</param>
/// <param name="HeldByTenant">How many of those in use each tenant has.</param>
[GenerateSerializer, Immutable, Alias("tts.LeaseClaim")]
public sealed record LeaseClaim(
    [property: Id(0)] string Silo,
    [property: Id(1)] Guid Epoch,
    [property: Id(2)] long Number,
    [property: Id(3)] int Held,
    [property: Id(4)] ImmutableArray<LeaseRequest> Requests,
    [property: Id(5)] ImmutableArray<HeldLeases> HeldByTenant);

/// <summary>The leases that one tenant has in use.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="Count">How many there are.</param>
[GenerateSerializer, Immutable, Alias("tts.HeldLeases")]
public readonly record struct HeldLeases([property: Id(0)] string Tenant, [property: Id(1)] int Count);

/// <summary>A context that wants a lease.</summary>
/// <param name="Number">Unlike any other of its silo and upstream.</param>
/// <param name="Tenant">Whose it is: each tenant has its share.</param>
/// <param name="Priority">Its place among those of its tenant.</param>
[GenerateSerializer, Immutable, Alias("tts.LeaseRequest")]
public sealed record LeaseRequest([property: Id(0)] long Number, [property: Id(1)] string Tenant, [property: Id(2)] PriorityClass Priority);

/// <summary>The answer to a <see cref="LeaseClaim"/>.</summary>
/// <param name="Epoch">
/// Which life of the grain this is. One that comes after another counts a silo only by what that says knowing of it: from then on the silo takes nothing
/// that the one before granted, and what it had sent before, and comes late, does not count.
/// </param>
/// <param name="Granted">The numbers of all requests of the claim that have their lease.</param>
/// <param name="IsSettled">Whether the others wait because there is no lease left; else because it is not known yet how many others hold.</param>
[GenerateSerializer, Immutable, Alias("tts.LeaseAnswer")]
public sealed record LeaseAnswer([property: Id(0)] Guid Epoch, [property: Id(1)] ImmutableArray<long> Granted, [property: Id(2)] bool IsSettled);
