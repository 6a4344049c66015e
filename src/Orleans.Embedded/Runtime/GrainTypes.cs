using System.Reflection;
using System.Runtime.Loader;

namespace Orleans.Runtime;

/// <summary>The grain classes and interfaces of this process, found once by looking through every assembly that references the engine.</summary>
internal sealed class GrainTypes
{
    private readonly Dictionary<Type, GrainClass> _classes;

    public GrainTypes()
    {
        var types = Assemblies().SelectMany(assembly => assembly.GetTypes()).Where(type => typeof(IAddressable).IsAssignableFrom(type)).ToArray();
        Interfaces = [.. types.Where(type => type.IsInterface)];
        _classes = types
            .Where(type => type is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false } && typeof(IGrain).IsAssignableFrom(type))
            .ToDictionary(type => type, type => new GrainClass(type));
    }

    public IReadOnlyList<Type> Interfaces { get; }

    /// <summary>The class that implements this interface; among several the one of the same name, or whose name starts with the prefix.</summary>
    public GrainClass Find(Type grainInterface, string? classNamePrefix)
    {
        var candidates = _classes.Values.Where(candidate => grainInterface.IsAssignableFrom(candidate.Type)).ToArray();
        var found = classNamePrefix is not null
            ? candidates.Where(candidate => candidate.Type.FullName!.StartsWith(classNamePrefix, StringComparison.Ordinal)).ToArray()
            : candidates;
        if (found.Length > 1)
        {
            found = [.. found.Where(candidate => "I" + candidate.Type.Name == grainInterface.Name)];
        }

        return found.Length == 1
            ? found[0]
            : throw new ArgumentException($"{candidates.Length} classes implement {grainInterface}; exactly one must match.", nameof(grainInterface));
    }

    private static HashSet<Assembly> Assemblies()
    {
        var engine = typeof(GrainTypes).Assembly.GetName().Name;
        var seen = new HashSet<Assembly>();
        var left = new Stack<Assembly>(AppDomain.CurrentDomain.GetAssemblies());
        if (Assembly.GetEntryAssembly() is { } entry)
        {
            left.Push(entry);
        }

        while (left.TryPop(out var assembly))
        {
            if (assembly.IsDynamic || !seen.Add(assembly))
            {
                continue;
            }

            foreach (var reference in assembly.GetReferencedAssemblies().Where(reference => !IsFramework(reference)))
            {
                if (TryLoad(reference) is { } loaded)
                {
                    left.Push(loaded);
                }
            }
        }

        seen.RemoveWhere(assembly => !assembly.GetReferencedAssemblies().Any(reference => reference.Name == engine));
        return seen;
    }

    private static bool IsFramework(AssemblyName name)
        => name.Name is "netstandard" or "mscorlib"
            || name.Name!.StartsWith("System", StringComparison.Ordinal)
            || name.Name.StartsWith("Microsoft.", StringComparison.Ordinal);

    private static Assembly? TryLoad(AssemblyName name)
    {
        try
        {
            return AssemblyLoadContext.Default.LoadFromAssemblyName(name);
        }
        catch (IOException)
        {
            // An optional reference that was not shipped has no grains either.
            return null;
        }
    }
}
