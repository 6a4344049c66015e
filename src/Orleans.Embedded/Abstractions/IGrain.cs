using Orleans.Runtime;

namespace Orleans;

/// <summary>Root of all grain interfaces; derive from one of the interfaces that also name the kind of key.</summary>
public interface IGrain : IAddressable;

/// <summary>A grain named by a string.</summary>
public interface IGrainWithStringKey : IGrain;

/// <summary>A grain named by a 64-bit integer.</summary>
public interface IGrainWithIntegerKey : IGrain;

/// <summary>A grain named by a GUID.</summary>
public interface IGrainWithGuidKey : IGrain;

/// <summary>An object outside any grain that grains can call back. The runtime holds it weakly: its owner keeps it alive.</summary>
public interface IGrainObserver : IAddressable;
