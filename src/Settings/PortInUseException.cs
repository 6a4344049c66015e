using System.Net;
using System.Net.Sockets;

namespace TtsGrains.Settings;

/// <summary>Another process listens on a port that the program is to listen on. The message is for the operator.</summary>
public sealed class PortInUseException : Exception
{
    public PortInUseException()
    {
    }

    public PortInUseException(string message)
        : base(message)
    {
    }

    public PortInUseException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>Checks that the program can listen on a port. Port 0 is always free.</summary>
    /// <param name="address">The address to listen on.</param>
    /// <param name="port">The port.</param>
    /// <param name="remedy">How to take a free port instead.</param>
    /// <exception cref="PortInUseException">It cannot.</exception>
    public static void ThrowIfTaken(IPAddress address, int port, string remedy)
    {
        if (port == 0)
        {
            return;
        }

        try
        {
            using var listener = new TcpListener(address, port);
            listener.Start();
        }
        catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new PortInUseException($"port {port} is in use; end the program that listens on it, or take a free port with {remedy}.", taken);
        }
    }
}
